#include "core/engine/service.h"

static void service_fault(void *data, struct error *err)
{
	endpoint_explain(data, err);
}

bool service_init(struct service *s, struct loop *l, const char *spec, struct error *err)
{
	struct endpoint_options o = { .spec = spec };
	*s = (struct service){ .endpoint = endpoint_new(l, &o, err) };
	if (!s->endpoint)
		return false;
	s->at = *endpoint_address(s->endpoint);
	s->http = http_new(l);
	http_on_fault(s->http, service_fault, s->endpoint);
	return true;
}

void service_finish(struct service *s)
{
	http_free(s->http);
	endpoint_free(s->endpoint);
	*s = (struct service){ 0 };
}
