/* peaks FILE COMMAND [ARG …]: runs the command and writes to FILE the peak memory in
 * KiB of the largest process among it and those it leaves behind, which are waited
 * for too.  Small itself, since a process counts its parent's memory until exec. */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	long peak = 0;
	int status, code = 127;
	if (argc < 3 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return 2;
	pid_t pid, child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	while ((pid = wait4(-1, &status, 0, &usage)) > 0) {
		if (usage.ru_maxrss > peak)
			peak = usage.ru_maxrss;
		if (pid == child)
			code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	}
	FILE *out = fopen(argv[1], "w");
	if (!out)
		return 2;
	fprintf(out, "%ld\n", peak);
	return fclose(out) == 0 ? code : 2;
}
