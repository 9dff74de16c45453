#include "collector/net/snmp/trap_receiver.h"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "collector/net/snmp/convert.h"
#include "collector/net/snmp/library.h"
#include "collector/net/snmp/ready_set.h"
#include "collector/net/snmp/trap_users.h"

namespace tocsin::collector::snmp {
namespace {

constexpr std::uint32_t kVersion2c = 1;
constexpr std::uint32_t kVersion3 = 3;
constexpr std::size_t kLargest = 65507;  // a UDP datagram
// The library only looks whether it is among those that are ready; nothing is read of it.
constexpr int kNoSocket = 0;

class Receiver final : public TrapReceiver {
  public:
    Receiver(std::vector<std::string> communities, TrapUsers users, TrapListener& listener)
        : communities_(std::move(communities)),
          users_(std::move(users)),
          own_engine_(Shared::instance().local_engine()),
          listener_(listener) {}
    ~Receiver() override {
        if (handle_ != nullptr) snmp_sess_close(handle_);
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    bool open();
    void take(std::string_view datagram, const Address& from) override;

  private:
    // The library's transport: it reads the datagram in hand, and writes to the listener.
    struct Owner {
        Receiver* receiver;
    };
    static Receiver& of(netsnmp_transport* transport) {
        return *static_cast<Owner*>(transport->data)->receiver;
    }
    static int receive(netsnmp_transport* transport, void* into, int size, void** from,
                       int* from_size);
    static int send(netsnmp_transport* transport, const void* bytes, int size, void** to,
                    int* to_size);
    static int close(netsnmp_transport*) { return 0; }
    // The library's hooks: what came of taking a message apart, and the message itself.
    static int parsed(netsnmp_session* session, netsnmp_pdu* pdu, int result);
    static int heard(int operation, netsnmp_session* session, int, netsnmp_pdu* pdu, void* magic);

    void take_version_3(const MessageHead& head);
    void feed();
    bool ours(const MessageHead& head) const {
        return head.engine.id.empty() || head.engine.id == own_engine_;
    }
    void refuse(TrapRefusal refusal, std::string why) {
        listener_.refused(refusal, ip_, std::move(why));
    }
    bool believed(const netsnmp_pdu& pdu);
    void take_pdu(netsnmp_pdu& pdu);

    std::vector<std::string> communities_;
    TrapUsers users_;
    std::string own_engine_;
    TrapListener& listener_;
    void* handle_ = nullptr;

    // Of the message in hand:
    std::string_view datagram_;
    const Address* from_ = nullptr;
    std::string ip_;
    std::optional<int> result_;  // the library's
    bool heard_ = false;         // it is a message that is no answer
    bool believed_ = false;      // and of somebody who may send
};

bool Receiver::open() {
    netsnmp_session session{};
    snmp_sess_init(&session);
    session.version = SNMP_DEFAULT_VERSION;
    session.isAuthoritative = SNMP_SESS_UNKNOWNAUTH;  // of informs we are, of traps their sender
    session.callback = heard;
    session.callback_magic = this;
    // Freed by the library, with its data.
    auto* transport = static_cast<netsnmp_transport*>(std::calloc(1, sizeof(netsnmp_transport)));
    auto* owner = static_cast<Owner*>(std::calloc(1, sizeof(Owner)));
    owner->receiver = this;
    transport->data = owner;
    transport->data_length = sizeof(Owner);
    transport->sock = kNoSocket;
    transport->flags = NETSNMP_TRANSPORT_FLAG_OPENED;
    transport->msgMaxSize = kLargest;
    transport->f_recv = receive;
    transport->f_send = send;
    transport->f_close = close;
    handle_ = snmp_sess_add(&session, transport, nullptr, parsed);
    return handle_ != nullptr;
}

int Receiver::receive(netsnmp_transport* transport, void* into, int size, void** from,
                      int* from_size) {
    const Receiver& self = of(transport);
    const auto length = std::min(self.datagram_.size(), static_cast<std::size_t>(size));
    std::memcpy(into, self.datagram_.data(), length);
    // The library's to free: where an answer goes.
    *from = std::malloc(sizeof(Address));
    std::memcpy(*from, self.from_, sizeof(Address));
    *from_size = static_cast<int>(sizeof(Address));
    return static_cast<int>(length);
}

int Receiver::send(netsnmp_transport* transport, const void* bytes, int size, void** to,
                   int* to_size) {
    if (to == nullptr || *to == nullptr || *to_size != static_cast<int>(sizeof(Address))) return -1;
    Address address;
    std::memcpy(&address, *to, sizeof(Address));
    of(transport).listener_.reply({static_cast<const char*>(bytes), static_cast<std::size_t>(size)},
                                  address);
    return size;
}

int Receiver::parsed(netsnmp_session* session, netsnmp_pdu*, int result) {
    static_cast<Receiver*>(session->callback_magic)->result_ = result;
    return 1;
}

int Receiver::heard(int operation, netsnmp_session*, int, netsnmp_pdu* pdu, void* magic) {
    auto* const self = static_cast<Receiver*>(magic);
    // Of a message with a wrong signature it tells too, before parsed(): not to be believed.
    if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || pdu == nullptr ||
        self->result_ != SNMPERR_SUCCESS) {
        return 1;
    }
    self->heard_ = true;
    self->take_pdu(*pdu);
    return 1;
}

void Receiver::take(std::string_view datagram, const Address& from) {
    datagram_ = datagram;
    from_ = &from;
    ip_ = ip_text(from);
    const auto version = parse_version(datagram);
    if (!version) return refuse(TrapRefusal::kMalformed, "it is no message of SNMP");
    if (*version == kVersion3) {
        const auto head = parse_head(datagram);
        if (!head) return refuse(TrapRefusal::kMalformed, "its head is cut short or no head");
        return take_version_3(*head);
    }
    if (*version != kVersion2c) {
        return refuse(TrapRefusal::kVersion,
                      *version == 0 ? "version 1 is not taken; have it send 2c or 3"
                                    : "there is no version " + std::to_string(*version));
    }
    feed();
    if (result_ != SNMPERR_SUCCESS) {
        refuse(TrapRefusal::kMalformed, "what stands after its head does not read");
    } else if (!heard_) {
        refuse(TrapRefusal::kNoTrap, "it is an answer, and nobody asked");
    }
}

void Receiver::take_version_3(const MessageHead& head) {
    const SnmpCredential* who = users_.find(head.user);
    // One without an engine ID asks for ours, whoever it is.
    if (!ours(head)) {
        if (who == nullptr) {
            return refuse(TrapRefusal::kUser, "there is no user " + quote(valid_utf8(head.user)));
        }
        if (head.engine.id.size() < 5) {
            return refuse(TrapRefusal::kMalformed, "its engine ID is shorter than 5 octets");
        }
        if (const auto admitted = users_.admit(head, ip_); !admitted) {
            return refuse(TrapRefusal::kEngine, admitted.error().message);
        }
    }
    feed();
    if (!heard_) {
        const auto refused =
            refusal_of(result_.value_or(SNMPERR_ASN_PARSE_ERR),
                       ours(head) ? Authority::kReceiver : Authority::kSender, head.user, who);
        if (refused) refuse(refused->refusal, refused->why);
    }
    if (believed_) {
        users_.proven(head);
    } else {
        users_.refuted(head);
    }
}

void Receiver::feed() {
    result_.reset();
    heard_ = false;
    believed_ = false;
    ReadySet ready(kNoSocket);
    snmp_sess_read2(handle_, ready.get());
}

bool Receiver::believed(const netsnmp_pdu& pdu) {
    if (pdu.version == SNMP_VERSION_2c) {
        const std::string_view community(reinterpret_cast<const char*>(pdu.community),
                                         pdu.community_len);
        if (std::find(communities_.begin(), communities_.end(), community) != communities_.end()) {
            return true;
        }
        refuse(TrapRefusal::kCommunity, communities_.empty()
                                            ? "version 2c is not taken: there is no \"community\""
                                            : "its community is another one");
        return false;
    }
    const SnmpCredential* who = users_.find({pdu.securityName, pdu.securityNameLen});
    if (who == nullptr) {
        refuse(TrapRefusal::kUser, "it names no user");
        return false;
    }
    constexpr std::array kLevels{SNMP_SEC_LEVEL_NOAUTH, SNMP_SEC_LEVEL_AUTHNOPRIV,
                                 SNMP_SEC_LEVEL_AUTHPRIV};
    // The library takes an unsigned message of a user who has keys.
    if (pdu.securityLevel == kLevels[static_cast<std::size_t>(who->level)]) return true;
    refuse(TrapRefusal::kLevel,
           "the user " + quote(who->user) + " sends with another level than is configured");
    return false;
}

void Receiver::take_pdu(netsnmp_pdu& pdu) {
    believed_ = believed(pdu);
    if (!believed_) return;
    if (pdu.command != SNMP_MSG_TRAP2 && pdu.command != SNMP_MSG_INFORM) {
        return refuse(TrapRefusal::kNoTrap, "it is neither a trap nor an inform");
    }
    const auto notification = notification_of(response_of(pdu).varbinds);
    if (!notification) {
        return refuse(TrapRefusal::kMalformed, "it does not say which trap it is");
    }
    if (!listener_.notified(ip_, *notification) || pdu.command != SNMP_MSG_INFORM) return;
    netsnmp_pdu* answer = snmp_clone_pdu(&pdu);
    if (answer == nullptr) return;
    answer->command = SNMP_MSG_RESPONSE;
    answer->errstat = 0;
    answer->errindex = 0;
    if (snmp_sess_send(handle_, answer) == 0) snmp_free_pdu(answer);
}

}  // namespace

Result<std::unique_ptr<TrapReceiver>> open_trap_receiver(const TrapsConfig& config,
                                                         TrapListener& listener) {
    std::vector<std::string> communities = config.communities;
    if (!config.community_file.empty()) {
        TOCSIN_TRY(const auto community, net::read_secret(config.community_file));
        communities.push_back(community.reveal());
    }
    TOCSIN_TRY(auto users, TrapUsers::create(config.users, "snmp_traps " + config.name));
    auto receiver = std::make_unique<Receiver>(std::move(communities), std::move(users), listener);
    if (!receiver->open()) return Error(ErrorCode::kInternal, "the library opens no session");
    return std::unique_ptr<TrapReceiver>(std::move(receiver));
}

std::string ip_text(const Address& address) {
    std::array<char, NI_MAXHOST> host{};
    ::getnameinfo(reinterpret_cast<const sockaddr*>(&address.storage), address.size, host.data(),
                  host.size(), nullptr, 0, NI_NUMERICHOST);
    return host.data();
}

}  // namespace tocsin::collector::snmp
