#include "bridge/app/settings.h"

#include <utility>
#include <vector>

#include "base/net/file.h"
#include "base/net/host_name.h"
#include "base/net/http.h"

namespace tocsin::bridge {
namespace {

Result<std::vector<SourceFile>> load_included(std::string_view pattern, std::string_view from) {
    TOCSIN_TRY(auto files, net::read_included(pattern, from));
    std::vector<SourceFile> out;
    for (auto& file : files) out.push_back({std::move(file.path), std::move(file.text)});
    return out;
}

Result<BridgeConfig> read_files(const std::string& file, Diagnostics& diagnostics) {
    TOCSIN_TRY(std::string text, net::read_file(file));
    std::optional<BridgeConfig> config =
        read_config(SourceFile{file, std::move(text)}, load_included, diagnostics);
    if (!config) return Error(ErrorCode::kInvalid, diagnostics.text());
    return std::move(*config);
}

Result<std::vector<Token>> read_tokens(const BridgeConfig& config) {
    std::vector<Token> out;
    for (const AccessToken& token : config.tokens) {
        TOCSIN_TRY(Secret secret, net::read_secret(token.token_file));
        out.push_back({token.name, token.role, std::move(secret)});
    }
    return out;
}

Result<AccessControl::Pins> read_pins(const BridgeConfig& config) {
    AccessControl::Pins out;
    for (const Person& person : config.oncall.people) {
        if (person.pin_file.empty()) continue;
        TOCSIN_TRY(Secret pin, net::read_secret(person.pin_file));
        if (const std::string problem = pin_problem(pin); !problem.empty()) {
            return Error(ErrorCode::kInvalid, "people: the PIN of " + person.name + " in " +
                                                  person.pin_file + " " + problem);
        }
        out.emplace(person.name, std::move(pin));
    }
    return out;
}

}  // namespace

Result<Settings> load_settings(const Flags& flags) {
    Diagnostics diagnostics(flags.config_file);
    BridgeConfig config = default_config();
    if (!flags.config_file.empty()) {
        TOCSIN_TRY(config, read_files(flags.config_file, diagnostics));
    }
    const bool by_listen = config.url == url_by_listen(config, "");
    if (!flags.listen.empty()) config.listen = flags.listen;
    if (by_listen) config.url = url_by_listen(config, net::host_name());
    if (!flags.store.empty()) config.store = flags.store;
    if (flags.loopback == LoopbackWithoutToken::kAdmit) config.loopback = flags.loopback;
    if (!flags.log_level.empty()) config.log.level = flags.log_level;
    if (!flags.log_format.empty()) config.log.format = flags.log_format;
    TOCSIN_TRY(const net::HostPort listen, net::parse_host_port(config.listen));
    std::vector<std::string> names = {listen.host};
    if (const auto url = net::parse_url(config.url)) names.push_back(url.value().host);
    TOCSIN_TRY(std::vector<Token> tokens, read_tokens(config));
    TOCSIN_TRY(AccessControl::Pins pins, read_pins(config));
    AccessControl access(std::move(tokens), config.loopback, std::move(names), std::move(pins));
    return Settings{std::make_shared<const BridgeConfig>(std::move(config)), std::move(access),
                    std::move(diagnostics)};
}

}  // namespace tocsin::bridge
