// The bridge's own metrics, in the text format. prometheus-cpp behind. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::bridge {

class Metrics {
  public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void count_answer(std::string_view route, int status);

    // Values that others keep and that are read at each scrape.
    struct Reading {
        std::string name;
        std::string help;
        bool counter = true;
        std::vector<std::pair<std::string, std::string>> labels;
        double value = 0;
    };
    using Source = std::function<std::vector<Reading>()>;
    void add_source(Source source);

    // All of it; `more` are readings of this scrape alone.
    std::string text(const std::vector<Reading>& more = {}) const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::bridge
