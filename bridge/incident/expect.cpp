#include "bridge/incident/expect.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/incident/dedup.h"
#include "bridge/incident/title.h"

namespace tocsin::bridge {
namespace {

Labels values_of(const Expectation& expectation, const Labels& labels) {
    LabelsBuilder values;
    for (const std::string& name : expectation.by) {
        if (labels.has(name)) values.set(name, labels.get(name));
    }
    return values.build();
}

// Its identity is its labels, so the alert that ends has those of the one that fired.
Alert missing_alert(const ExpectRecord& row) {
    Alert alert;
    LabelsBuilder labels(row.labels);
    labels.set("alertname", "ExpectedMissing")
        .set("expected", row.name)
        .set("severity", row.severity);
    alert.labels = labels.build();
    alert.annotations[std::string(kAnnotationGroupBy)] = "expected";
    for (const Label& label : row.labels) {
        alert.annotations[std::string(kAnnotationGroupBy)] += fmt::format(",{}", label.name.view());
    }
    alert.starts_at = row.missing_since;
    return alert;
}

std::string values_text(const Labels& labels) {
    std::string text;
    for (const Label& label : labels) {
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", label.name.view(),
                            label.value.view());
    }
    return text;
}

}  // namespace

const Expectation* expectation_of(const std::vector<Expectation>& all, const Labels& labels) {
    const auto it = std::find_if(
        all.begin(), all.end(), [&](const Expectation& e) { return matches_all(e.match, labels); });
    return it == all.end() ? nullptr : &*it;
}

std::string expect_key(const Expectation& expectation, const Labels& labels) {
    return expectation.name + "{" + values_text(values_of(expectation, labels)) + "}";
}

ExpectRecord expected_from(const Expectation& expectation, Timestamp now) {
    ExpectRecord row;
    row.key = expect_key(expectation, {});
    row.name = expectation.name;
    row.expected_since = now;
    return row;
}

ExpectChange expected_came(const ExpectRecord* known, const Expectation& expectation,
                           const Labels& labels, Timestamp now) {
    ExpectChange change;
    if (known != nullptr) {
        change.next = *known;
    } else {
        change.next = expected_from(expectation, now);
        change.next.key = expect_key(expectation, labels);
        change.next.labels = values_of(expectation, labels);
    }
    if (change.next.missing_since) change.alerts = end_expected(change.next, now);
    change.next.missing_since.reset();
    change.next.last_seen = now;
    return change;
}

Timestamp expect_due(const ExpectRecord& known, const Expectation& expectation) {
    return known.last_seen.value_or(known.expected_since) + expectation.every;
}

Timestamp expect_deadline(const ExpectRecord& known, const Expectation& expectation,
                          Timestamp served_since) {
    return std::max(expect_due(known, expectation),
                    served_since + std::min(expectation.every, kExpectGrace));
}

ExpectChange check_expected(const ExpectRecord& known, const Expectation& expectation,
                            Timestamp served_since, Timestamp now) {
    ExpectChange change{known, {}};
    if (known.missing_since || now < expect_deadline(known, expectation, served_since)) {
        return change;
    }
    change.next.missing_since = now;
    change.next.severity = expectation.severity;
    Alert alert = missing_alert(change.next);
    const std::string values = values_text(known.labels);
    const std::string what = known.name + (values.empty() ? "" : " of " + values);
    const std::string every = format_duration(expectation.every);
    alert.annotations["summary"] =
        known.last_seen ? fmt::format("{} has not come for {}: last at {}", what, every,
                                      format_rfc3339(*known.last_seen))
                        : fmt::format("{} has not come yet; expected every {} since {}", what,
                                      every, format_rfc3339(known.expected_since));
    put_own_words(alert,
                  {{"words", known.last_seen ? "expected_missing" : "expected_never"},
                   {"what", what},
                   {"every", every},
                   {"since", format_rfc3339(known.last_seen.value_or(known.expected_since))}});
    change.alerts.push_back(std::move(alert));
    return change;
}

std::vector<Alert> end_expected(const ExpectRecord& known, Timestamp now) {
    if (!known.missing_since) return {};
    Alert alert = missing_alert(known);
    alert.ends_at = now;
    return {alert};
}

}  // namespace tocsin::bridge
