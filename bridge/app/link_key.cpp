#include "bridge/app/link_key.h"

#include "base/net/file.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kSqlite = "sqlite:";

}  // namespace

std::string link_key_file(const BridgeConfig& config) {
    if (!config.links.key_file.empty()) return config.links.key_file;
    if (!config.store.starts_with(kSqlite)) return "/var/lib/tocsin/link.key";
    const std::string file = config.store.substr(kSqlite.size());
    const auto slash = file.rfind('/');
    return (slash == std::string::npos ? std::string() : file.substr(0, slash + 1)) + "link.key";
}

Result<Secret> load_link_key(const std::string& file) {
    Result<Secret> key = net::read_secret(file);
    if (key || key.error().code != ErrorCode::kNotFound) {
        if (!key) return key.error().in("the key of one-tap links (links.key_file)");
        return key;
    }
    const Result<void> made =
        net::write_file_atomic(file, net::random_token(kKeyBytes) + "\n", 0600);
    if (!made) return made.error().in("making the key of one-tap links (links.key_file)");
    return net::read_secret(file);
}

}  // namespace tocsin::bridge
