// What the service desk sends.
#include "bridge/api/requests.h"
#include "bridge/ingest/report_fields.h"

namespace tocsin::bridge {

Result<Report> parse_report(std::string_view body, const Caller& caller) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    Report out = read_report(fields, caller.name);
    if (caller.role == Role::kReporter && out.reporter.name != caller.name) {
        fields.fail("reporter", "must be yourself, " + caller.name);
    }
    TOCSIN_TRY(fields.check());
    return out;
}

}  // namespace tocsin::bridge
