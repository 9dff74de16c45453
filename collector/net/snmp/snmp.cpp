#include "collector/net/snmp/snmp.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "collector/net/snmp/connect.h"
#include "collector/net/snmp/rows.h"
#include "collector/net/snmp/shared.h"
#include "collector/net/snmp/walk.h"

namespace tocsin::collector {
namespace {

using snmp::Connector;
using snmp::Module;
using snmp::ModuleLayers;
using snmp::Session;

class Device final : public Target {
  public:
    Device(std::shared_ptr<const SnmpConfig> config, const TargetContext& context,
           ModuleLayers modules, std::vector<const Module*> chosen,
           std::unique_ptr<Connector> connector)
        : config_(std::move(config)),
          modules_(std::move(modules)),
          chosen_(std::move(chosen)),
          plan_(snmp::plan_of(chosen_)),
          series_(*context.series, *config_),
          rows_(chosen_, series_,
                config_->keep_indexes ? snmp::Dropped::kKept : snmp::Dropped::kDropped),
          connector_(std::move(connector)) {}

    bool asks_nothing() const { return plan_.get.empty() && plan_.columns.empty(); }

    void start(Timestamp, TargetDone done) override {
        done_ = std::move(done);
        walk_.emplace(plan_, config_->max_repetitions, rows_seen_);
        // The session of the old key must be gone before one of the new can be made.
        if (session_ && connector_->secrets_changed()) session_.reset();
        if (session_) return ask();
        connector_->connect([this](Result<std::unique_ptr<Session>> made) {
            if (!made) return finish(made.error());
            session_ = std::move(made).value();
            ask();
        });
    }

    Readings cancel() override {
        done_ = nullptr;
        connector_->cancel();
        session_.reset();  // so that nothing late answers the next collection
        return readings();
    }

    bool reread() override {
        ModuleLayers now = snmp::Shared::instance().modules(config_->module_files);
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            if (chosen_[i] != now.find(config_->modules[i])) return false;
        }
        modules_ = std::move(now);  // old versions of the other files go
        return true;
    }

  private:
    void ask() {
        const auto request = walk_->next();
        if (!request) return finish(success());
        session_->send(*request, [this](Result<snmp::Response> answer) {
            if (!answer) {
                // What the device is may have changed: found anew next time.
                session_.reset();
                return finish(answer.error());
            }
            if (auto taken = walk_->take(std::move(answer).value()); !taken) {
                return finish(taken.error());
            }
            ask();
        });
    }

    Readings readings() {
        Readings out;
        if (walk_) rows_.report(walk_->finish(), out);
        walk_.reset();
        return out;
    }

    void finish(const Result<void>& result) {
        Readings out = readings();
        const TargetDone done = std::exchange(done_, nullptr);
        if (done) done(result, std::move(out));
    }

    std::shared_ptr<const SnmpConfig> config_;
    ModuleLayers modules_;               // what the plan and the rows point into
    std::vector<const Module*> chosen_;  // by config_->modules
    snmp::Plan plan_;
    TargetSeries series_;
    snmp::Rows rows_;
    std::vector<std::size_t> rows_seen_;  // of each column, last time
    std::optional<snmp::Walk> walk_;
    TargetDone done_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<Connector> connector_;
};

// Why a device cannot have a module of this name.
Error no_module(const std::string& name, const ModuleLayers& modules) {
    std::string text = "there is no SNMP module \"" + name + "\"";
    for (const snmp::WrongFile& file : modules.wrong) {
        const bool has = std::find(file.names.begin(), file.names.end(), name) != file.names.end();
        if (has || file.names.empty()) text.append("; ").append(file.why);
    }
    const std::vector<std::string> names = modules.names();
    text += "; known are ";
    for (const std::string& other : names) {
        if (&other != &names.front()) text += ", ";
        text += other;
    }
    return Error(ErrorCode::kInvalid, text + "; others come from \"module_files\"");
}

}  // namespace

Result<std::unique_ptr<Target>> create_snmp_with(std::shared_ptr<const SnmpConfig> config,
                                                 const TargetContext& context, ModuleLayers modules,
                                                 std::unique_ptr<Connector> connector) {
    std::vector<const Module*> chosen;
    for (const std::string& name : config->modules) {
        const Module* module = modules.find(name);
        if (module == nullptr) return no_module(name, modules);
        chosen.push_back(module);
    }
    auto device = std::make_unique<Device>(std::move(config), context, std::move(modules),
                                           std::move(chosen), std::move(connector));
    if (device->asks_nothing()) {
        return Error(ErrorCode::kInvalid,
                     "its SNMP modules walk nothing that one of their metrics lies in");
    }
    return device;
}

Result<std::unique_ptr<Target>> create_snmp(const std::shared_ptr<const TargetConfig>& config,
                                            const TargetContext& context) {
    auto device = std::static_pointer_cast<const SnmpConfig>(config);
    ModuleLayers modules = snmp::Shared::instance().modules(device->module_files);
    auto connector = snmp::make_connector(*context.loop, *context.pool, device);
    return create_snmp_with(std::move(device), context, std::move(modules), std::move(connector));
}

}  // namespace tocsin::collector
