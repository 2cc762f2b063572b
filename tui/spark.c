#include "tui/spark.h"

static double spark_largest(const struct spark_point *points, size_t n)
{
	double most = 0;
	for (size_t i = 0; i < n; i++)
		if (!points[i].mark && points[i].value > most)
			most = points[i].value;
	return most;
}

/* What is there at all is seen: the lowest bar stands for next to nothing too. */
static struct str spark_bar(double value, double most)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[] = { ".", ":", "|", "!" };
	size_t n = text_is_ascii() ? sizeof ascii / sizeof *ascii : sizeof blocks / sizeof *blocks;
	double part = most > 0 ? value / most : 0;
	size_t at = part < 1 ? (size_t)(part * (double)n) : n - 1;
	return str_of(text_is_ascii() ? ascii[at] : blocks[at]);
}

/* NaN is neither 0 nor more. */
static struct str spark_sign(const struct spark_point *point, double most)
{
	if (point->mark)
		return (struct str){ &point->mark, 1 };
	return point->value >= 0 ? spark_bar(point->value, most) : STR(" ");
}

static size_t spark_cut(const struct spark_point **points, size_t n, size_t columns)
{
	size_t over = n > columns ? n - columns : 0;
	*points += over;
	return n - over;
}

void spark_append(struct buf *out, const struct spark_point *points, size_t n, size_t columns)
{
	n = spark_cut(&points, n, columns);
	double most = spark_largest(points, n);
	for (size_t i = 0; i < n; i++)
		buf_append(out, spark_sign(&points[i], most));
}

void spark_draw(struct pen *pen, const struct spark_point *points, size_t n, size_t columns,
                struct ink bars, struct ink marks)
{
	n = spark_cut(&points, n, columns);
	double most = spark_largest(points, n);
	for (size_t i = 0; i < n; i++)
		pen_text(pen, spark_sign(&points[i], most), points[i].mark ? marks : bars);
}
