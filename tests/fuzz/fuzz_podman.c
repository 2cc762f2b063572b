/* podman's answer to a build. */
#include "tests/fuzz/decoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	decoding_run(decoder_podman_new, (struct str){ (const char *)data, size });
	return 0;
}
