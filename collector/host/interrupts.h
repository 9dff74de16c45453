// node_interrupts_total: interrupts by CPU, from /proc/interrupts.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// One line. Views into the text.
struct InterruptLine {
    std::string_view type;    // "9", "NMI"
    std::string_view counts;  // one number a CPU
    std::string_view about;   // "PCI-MSI 524288-edge nvme0q0", "Non-maskable interrupts"
};
struct Interrupts {
    std::size_t cpus = 0;  // that are on
    std::vector<InterruptLine> lines;
};
// Lines without a number for each CPU and a text behind them (ERR, MIS) are left out. An error when
// there is no line of CPUs.
Result<void> parse_interrupts(std::string_view text, Interrupts& out);

Result<std::unique_ptr<Collector>> create_interrupts(const Context& context);

}  // namespace tocsin::collector
