/* Any bytes as a file of fingerprints, which imports bring, or as a forecast. */
#include <stdint.h>

#include "core/base/check.h"
#include "core/history/fingerprint.h"
#include "core/history/forecast.h"
#include "core/value/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read is written, read again and the same. */
static void fuzz_prints(struct arena *a, struct str bytes)
{
	struct fingerprints prints, back;
	struct error err = { 0 };
	owned_buf struct buf text = { 0 }, again = { 0 };
	if (!fingerprints_parse(a, bytes, &prints, &err)) {
		CHECK(err.code != ERROR_NONE);
		return;
	}
	for (size_t i = 0; i < prints.nsteps; i++)
		for (size_t k = 0; k < prints.steps[i].nfiles; k++)
			CHECK(prints.steps[i].files[k] < prints.nfiles);
	fingerprints_write(&text, &prints);
	CHECK(fingerprints_parse(a, buf_str(&text), &back, &err));
	fingerprints_write(&again, &back);
	CHECK(str_eq(buf_str(&text), buf_str(&again)));
}

static void fuzz_forecast(struct arena *a, struct str bytes)
{
	struct forecast f, back;
	struct error err = { 0 };
	const struct value *v;
	if (!value_parse_json(a, bytes, &v, &err) || !forecast_read(a, v, &f))
		return;
	CHECK(f.hits + f.misses + f.unknowns == f.nsteps);
	CHECK(forecast_read(a, forecast_value(a, &f), &back));
	CHECK(back.nsteps == f.nsteps && back.npath == f.npath && back.hits == f.hits);
	for (size_t i = 0; i < f.nsteps; i++)
		CHECK(f.steps[i].nfiles <= FORECAST_FILES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *a = arena_new();
	struct str bytes = { (const char *)data, size };
	fuzz_prints(a, bytes);
	fuzz_forecast(a, bytes);
	return 0;
}
