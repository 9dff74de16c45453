// What tests/support/modules/probe.cpp, loaded as a module, shares with the test that loads it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/model/labels.h"
#include "collector/api/collector.h"

namespace tocsin::test {

class ModuleException {
  public:
    explicit ModuleException(std::string text) : text_(std::move(text)) {}
    virtual ~ModuleException() = default;
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

class ModuleCollectorType : public collector::Collector {
  public:
    Result<void> collect(Timestamp, collector::Readings&) override { return success(); }
};

struct ModuleProbe {
    const void* (*intern)(std::string_view text);  // a Symbol's identity over there
    bool (*labels_equal)(const Labels& ours);      // to {a="1", b="2"} made over there
    void (*throw_ours)(const char* text);
    void (*throw_standard)();
    bool (*catches_ours)(const std::function<void()>& thrower);
    collector::Collector* (*make_collector)();
};

}  // namespace tocsin::test
