#include "core/engine/decoder.h"

#include "core/engine/sentence.h"

void decoder_init(struct decoder *d, const struct decoder_ops *ops, const struct recipe *r,
                  const struct engine_sink *sink)
{
	d->ops = ops;
	d->recipe = r;
	d->sink = sink;
	d->result.failed = -1;
	d->result.exit_code = -1;
}

void decoder_finish(struct decoder *d)
{
	buf_finish(&d->result.image_id);
	buf_finish(&d->result.layers);
	buf_finish(&d->result.error);
	buf_finish(&d->result.failed_name);
	buf_finish(&d->result.failed_text);
}

void decoder_free(struct decoder *d)
{
	if (d)
		d->ops->free(d);
}

void decoder_fail(struct decoder *d, struct str message)
{
	struct decoder_result *r = &d->result;
	buf_clear(&r->error);
	buf_append(&r->error, message);
	r->ended = true;
	r->cancelled = str_has_suffix(str_trim(message), STR("context canceled"));
	int code = sentence_exit_code(message);
	if (code >= 0)
		r->exit_code = code;
}

void decoder_fail_at(struct decoder *d, int instruction, struct str name)
{
	struct decoder_result *r = &d->result;
	if (r->failed_name.n)
		return;
	r->failed = instruction;
	buf_append(&r->failed_name, name);
}

void decoder_warn(const struct decoder *d, struct str text)
{
	if (d->sink->warning)
		d->sink->warning(d->sink->data, text);
}
