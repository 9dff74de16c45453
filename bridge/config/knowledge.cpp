// When problems are suggested and reviews are due.
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

void read_span(text::MapReader& r, std::string_view key, Duration& to) {
    const auto value = r.duration(key);
    if (!value) return;
    if (*value < 1h) {
        r.error(key, "must be at least 1h");
        return;
    }
    to = *value;
}

}  // namespace

void read_knowledge(text::MapReader& r, Diagnostics& d, KnowledgeSettings& settings) {
    text::MapReader problems(r.node("problems"), "\"problems\"", d);
    settings.after = static_cast<int>(problems.integer("after", 0, 1000).value_or(settings.after));
    read_span(problems, "within", settings.within);
    problems.finish();
    text::MapReader reviews(r.node("reviews"), "\"reviews\"", d);
    read_span(reviews, "due", settings.review_due);
    reviews.finish();
}

}  // namespace tocsin::bridge
