#include "bridge/api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <utility>

namespace tocsin::bridge {

struct Metrics::Impl {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& answers =
        prometheus::BuildCounter()
            .Name("tocsin_bridge_http_requests_total")
            .Help("Requests answered, by route and status.")
            .Register(registry);
    mutable std::mutex lock;
    std::vector<Source> sources;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::count_answer(std::string_view route, int status) {
    impl_->answers
        .Add({{"route", route.empty() ? "none" : std::string(route)},
              {"status", std::to_string(status)}})
        .Increment();
}

void Metrics::add_source(Source source) {
    const std::lock_guard guard(impl_->lock);
    impl_->sources.push_back(std::move(source));
}

std::string Metrics::text(const std::vector<Reading>& more) const {
    std::vector<prometheus::MetricFamily> families = impl_->registry.Collect();
    std::map<std::string, prometheus::MetricFamily> read;
    const auto add = [&](const Reading& reading) {
        prometheus::MetricFamily& family = read[reading.name];
        family.name = reading.name;
        family.help = reading.help;
        family.type =
            reading.counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
        prometheus::ClientMetric metric;
        for (const auto& [name, value] : reading.labels) metric.label.push_back({name, value});
        (reading.counter ? metric.counter.value : metric.gauge.value) = reading.value;
        family.metric.push_back(std::move(metric));
    };
    {
        const std::lock_guard guard(impl_->lock);
        for (const Source& source : impl_->sources) {
            for (const Reading& reading : source()) add(reading);
        }
    }
    for (const Reading& reading : more) add(reading);
    for (auto& [name, family] : read) families.push_back(std::move(family));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace tocsin::bridge
