#include "collector/net/snmp/shared.h"

#include <cstdlib>

#include "base/core/digest.h"
#include "base/net/log.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/library.h"
#include "collector/net/snmp/protocols.h"

namespace tocsin::collector::snmp {
namespace {

// More than a site has passwords; beyond it they are derived again.
constexpr std::size_t kMostKeys = 256;

void set_up_library() {
    // init_snmp() would look for MIBs, which nothing here needs and Debian does not have.
    ::setenv("MIBS", "", 1);
    for (const int off :
         {NETSNMP_DS_LIB_DONT_READ_CONFIGS, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
          NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, NETSNMP_DS_LIB_DONT_PERSIST_STATE}) {
        netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, off, 1);
    }
    // Without any handler it would write to standard error, a line for each message of a stranger.
    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    init_snmp("tocsin");
}

// By what they are called: "10.0.0.1" is "10.0.0.1:161".
bool is_same_device(std::string_view a, std::string_view b) {
    const auto one = parse_snmp_peer(a);
    const auto other = parse_snmp_peer(b);
    if (!one || !other) return a == b;
    return one->host == other->host && one->port == other->port;
}

// Each file once for each of its versions, with its places.
void log_file(const FileNews& news) {
    for (const Diagnostic& d : news.said.all()) {
        net::log(
            d.level == DiagnosticLevel::kError ? net::LogLevel::kError : net::LogLevel::kWarning,
            d.text());
    }
    if (news.unread) net::log_error(news.unread->message);
    if (!news.unread && !news.said.has_errors()) return;
    net::log_error(news.in_force ? "the file's last right version stays in force"
                                 : "nothing of the file is in force",
                   {{"file", news.path}});
}

}  // namespace

UserLease::~UserLease() {
    Shared::instance().release(key_);
}

Shared::Shared() : modules_(module_files(log_file)), mappings_(mapping_files(log_file)) {
    set_up_library();
}

Shared& Shared::instance() {
    // Lives as long as the library's tables do: until the process ends.
    static auto* const kept = new Shared;
    return *kept;
}

Result<std::unique_ptr<UserLease>> Shared::lease(const UserKey& key, std::string_view fingerprint,
                                                 std::string_view device) {
    User& user = users_[key];
    if (user.uses > 0 && user.fingerprint != fingerprint) {
        if (is_same_device(user.device, device)) {
            return Error(ErrorCode::kConflict,
                         "another job asks this device as \"" + key.name +
                             "\" with other keys; check the password files",
                         Retry::kNo);
        }
        return Error(ErrorCode::kConflict,
                     "has the engine ID " + hex(key.engine) + ", as " + user.device +
                         " has, with other keys of the user \"" + key.name +
                         "\"; give each device an engine ID of its own",
                     Retry::kNo);
    }
    user.fingerprint = fingerprint;
    if (user.uses++ == 0) user.device = device;
    return std::make_unique<UserLease>(key);
}

void Shared::release(const UserKey& key) {
    const auto at = users_.find(key);
    if (at == users_.end() || --at->second.uses > 0) return;
    users_.erase(at);
    std::string engine = key.engine;
    auto* const id = reinterpret_cast<u_char*>(engine.data());
    if (usmUser* user = usm_get_user(id, engine.size(), key.name.c_str())) {
        usm_remove_user(user);
        usm_free_user(user);
    }
    const auto next = users_.lower_bound({key.engine, ""});
    const bool others = next != users_.end() && next->first.engine == key.engine;
    // Our own clock is known as long as the process runs: senders of informs ask for it.
    if (!others && engine != local_engine()) free_enginetime(id, engine.size());
}

void Shared::be_engine(const std::string& id, std::uint32_t boots) {
    const auto* const octets = reinterpret_cast<const u_char*>(id.data());
    set_exact_engineID(octets, id.size());
    // The library's reader of a configuration line, which counts one more.
    std::string before = std::to_string(boots - 1);
    engineBoots_conf("engineBoots", before.data());
    set_enginetime(octets, static_cast<u_int>(id.size()), boots, 0, TRUE);
    is_engine_ = true;
}

std::string Shared::local_engine() const {
    std::string id(SNMP_MAX_ENG_SIZE, '\0');
    id.resize(snmpv3_get_engineID(reinterpret_cast<u_char*>(id.data()), id.size()));
    return id;
}

Result<std::string> Shared::key_of(std::string_view auth_protocol, const Secret& password) {
    const std::string name = sha256(std::string(auth_protocol) + '\0' + password.reveal());
    if (const auto at = keys_.find(name); at != keys_.end()) return at->second;
    const ObjectId protocol = auth_protocol_oid(auth_protocol);
    const std::string& text = password.reveal();
    // The library would say so on standard error.
    if (text.size() < USM_LENGTH_P_MIN) {
        return Error(ErrorCode::kInvalid, "is shorter than 8 characters");
    }
    std::string key(USM_AUTH_KU_LEN, '\0');
    std::size_t size = key.size();
    if (generate_Ku(protocol.parts, static_cast<u_int>(protocol.size),
                    reinterpret_cast<const u_char*>(text.data()), text.size(),
                    reinterpret_cast<u_char*>(key.data()), &size) != SNMPERR_SUCCESS) {
        return Error(ErrorCode::kInvalid, "gives no key with " + std::string(auth_protocol));
    }
    key.resize(size);
    if (keys_.size() >= kMostKeys) keys_.clear();
    keys_.emplace(name, key);
    return key;
}

}  // namespace tocsin::collector::snmp
