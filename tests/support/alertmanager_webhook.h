// What Alertmanager 0.25 posts to a webhook (its documentation's members, webhook_config).
#pragma once

#include <string>

namespace tocsin::test {

// Its `endsAt` of an alert that fires.
inline constexpr const char* kZeroTime = "0001-01-01T00:00:00Z";

// `more`: further members, each with its comma before it.
inline std::string posted(const std::string& alerts, const std::string& more = "") {
    return R"({"receiver": "tocsin", "status": "firing", "alerts": [)" + alerts +
           R"(], "groupLabels": {"alertname": "DiskFull"}, "commonLabels": {"alertname": "DiskFull"},
              "commonAnnotations": {}, "externalURL": "http://am.example:9093", "version": "4",
              "groupKey": "{}:{alertname=\"DiskFull\"}")" +
           more + "}";
}

inline std::string posted_alert(const std::string& status, const std::string& ends,
                                const std::string& severity = "warning") {
    return R"({"status": ")" + status +
           R"(", "labels": {"alertname": "DiskFull", "host": "web-1", "severity": ")" + severity +
           R"("}, "annotations": {"summary": "96 % used"}, "startsAt": "2026-11-26T07:00:00.5Z",
               "endsAt": ")" +
           ends +
           R"(", "generatorURL": "http://prom.example/graph?g0.expr=x", "fingerprint": "ab"})";
}

}  // namespace tocsin::test
