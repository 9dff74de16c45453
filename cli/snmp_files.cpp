#include "cli/snmp_files.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/net/snmp/config/traps.h"
#include "collector/net/snmp/files/kept_files.h"

namespace tocsin::cli {
namespace {

namespace snmp = collector::snmp;

class Checked {
  public:
    explicit Checked(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    void check(const collector::SnmpConfig& device) {
        const snmp::ModuleLayers layers = modules_.load(device.module_files);
        for (std::size_t i = 0; i < device.module_positions.size(); ++i) {
            const std::string& name = device.modules[i];
            // All devices of an entry stand in one place.
            const Position at = device.module_positions[i];
            if (layers.find(name) != nullptr) continue;
            if (std::find(seen_.begin(), seen_.end(), at) != seen_.end()) continue;
            seen_.push_back(at);
            unknown(name, at, layers);
        }
    }
    void check(const collector::TrapsConfig& receiver) { mappings_.load(receiver.mapping_files); }

    SnmpFiles take() { return std::move(found_); }

  private:
    void hear(const snmp::FileNews& news) {
        if (news.unread) {
            // What is not on this machine a warning says at its place.
            if (news.unread->code != ErrorCode::kNotFound) found_.unread.push_back(*news.unread);
            return;
        }
        ++found_.files;
        const auto& all = news.said.all();
        found_.said.insert(found_.said.end(), all.begin(), all.end());
    }

    void unknown(const std::string& name, Position at, const snmp::ModuleLayers& layers) {
        bool is_certain = true;
        std::vector<std::string> known = layers.names();
        for (const snmp::WrongFile& file : layers.wrong) {
            if (file.names.empty()) is_certain = false;
            known.insert(known.end(), file.names.begin(), file.names.end());
        }
        // It is there, in a file of which more is said already.
        if (std::find(known.begin(), known.end(), name) != known.end()) return;
        std::string text = "no module is called \"" + name +
                           "\", neither a shipped one nor one of \"module_files\"";
        const std::string_view near =
            nearest(name, std::vector<std::string_view>(known.begin(), known.end()));
        if (!near.empty()) text.append("; did you mean \"").append(near).append("\"?");
        if (is_certain) {
            diagnostics_.error(at, std::move(text));
        } else {
            diagnostics_.warning(at, std::move(text) + " (a file that does not read may have it)");
        }
    }

    Diagnostics& diagnostics_;
    SnmpFiles found_;
    std::vector<Position> seen_;
    snmp::ModuleFiles modules_ =
        snmp::module_files([this](const snmp::FileNews& news) { hear(news); });
    snmp::MappingFiles mappings_ =
        snmp::mapping_files([this](const snmp::FileNews& news) { hear(news); });
};

}  // namespace

SnmpFiles check_snmp_files(const agent::Config& config, Diagnostics& diagnostics) {
    Checked checked(diagnostics);
    for (const agent::TargetSection& section : config.collect.targets) {
        for (const auto& target : section.targets) {
            if (const auto* device = dynamic_cast<const collector::SnmpConfig*>(target.get())) {
                checked.check(*device);
            } else if (const auto* receiver =
                           dynamic_cast<const collector::TrapsConfig*>(target.get())) {
                checked.check(*receiver);
            }
        }
    }
    return checked.take();
}

}  // namespace tocsin::cli
