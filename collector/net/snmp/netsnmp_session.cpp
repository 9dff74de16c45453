#include "collector/net/snmp/netsnmp_session.h"

#include <fcntl.h>

#include <optional>
#include <utility>

#include "collector/net/snmp/convert.h"
#include "collector/net/snmp/library.h"
#include "collector/net/snmp/ready_set.h"
#include "collector/net/snmp/shared.h"

namespace tocsin::collector::snmp {
namespace {

std::string library_error(void* handle) {
    char* text = nullptr;
    int system = 0;
    int library = 0;
    snmp_sess_error(handle, &library, &system, &text);
    std::string out = text == nullptr ? "" : text;
    ::free(text);
    return out;
}

class NetSnmpSession final : public Session {
  public:
    NetSnmpSession(net::Loop& loop, void* handle, std::unique_ptr<UserLease> user, Silence silence)
        : loop_(loop), handle_(handle), user_(std::move(user)), silence_(std::move(silence)) {
        fd_ = snmp_sess_transport(handle_)->sock;
        // A datagram with a wrong checksum is readable, and then is not there.
        ::fcntl(fd_, F_SETFL, O_NONBLOCK | ::fcntl(fd_, F_GETFL));
        ::fcntl(fd_, F_SETFD, FD_CLOEXEC);
        readable_ = loop_.on_readable(fd_, [this] { read(); });
    }
    ~NetSnmpSession() override {
        readable_.reset();
        timer_.cancel();
        closing_ = true;  // closing tells the request under way that it timed out
        snmp_sess_close(handle_);
    }
    NetSnmpSession(const NetSnmpSession&) = delete;
    NetSnmpSession& operator=(const NetSnmpSession&) = delete;

    void send(const Request& request, Answered done) override {
        done_ = std::move(done);
        netsnmp_pdu* pdu = make_pdu(request);
        if (snmp_sess_async_send(handle_, pdu, called, this) == 0) {
            answer_ = Error(ErrorCode::kIo, "asking it: " + library_error(handle_));
            snmp_free_pdu(pdu);
            timer_ = loop_.after(Duration{0}, [this] { tell(); });
            return;
        }
        arm();
    }

  private:
    // The library's callback, within its reading and its time-outs. What it means is told when the
    // library is done with the session.
    static int called(int operation, netsnmp_session*, int, netsnmp_pdu* pdu, void* magic) {
        auto* const self = static_cast<NetSnmpSession*>(magic);
        if (self->closing_ || self->answer_) return 1;
        if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu != nullptr) {
            if (pdu->command == SNMP_MSG_REPORT) {
                self->answer_ = report_error(*pdu, self->silence_);
            } else {
                self->answer_ = response_of(*pdu);
            }
        } else if (operation == NETSNMP_CALLBACK_OP_TIMED_OUT ||
                   operation == NETSNMP_CALLBACK_OP_SEND_FAILED) {
            self->answer_ = silence_error(self->silence_, self->answered_);
        }
        return 1;
    }

    void read() {
        ReadySet ready(fd_);
        snmp_sess_read2(handle_, ready.get());
        after_library();
    }

    void after_library() {
        if (answer_) return tell();
        arm();
    }

    // When the library next wants to repeat or give up.
    void arm() {
        ReadySet ready(fd_);
        int count = 0;
        int block = 1;
        timeval wait{};
        snmp_sess_select_info2_flags(handle_, &count, ready.get(), &wait, &block,
                                     NETSNMP_SELECT_NOALARMS);
        timer_.cancel();
        if (block != 0) return;
        // Rounded up, or the library would find that it is not yet time.
        const Duration delay{wait.tv_sec * 1000 + wait.tv_usec / 1000 + 1};
        timer_ = loop_.after(delay, [this] {
            snmp_sess_timeout(handle_);
            after_library();
        });
    }

    void tell() {
        timer_.cancel();
        auto answer = std::move(*answer_);
        answer_.reset();
        if (answer) answered_ = true;
        const Answered done = std::exchange(done_, nullptr);
        if (done) done(std::move(answer));  // may destroy this
    }

    net::Loop& loop_;
    void* handle_;
    std::unique_ptr<UserLease> user_;  // goes after the session that uses it
    Silence silence_;
    int fd_ = -1;
    bool closing_ = false;
    bool answered_ = false;
    Answered done_;
    std::optional<Result<Response>> answer_;
    std::unique_ptr<net::Loop::Watch> readable_;
    net::Timer timer_;
};

}  // namespace

Result<std::unique_ptr<Session>> open_session(net::Loop& loop, const SessionOptions& options) {
    Shared& shared = Shared::instance();
    const SnmpCredential& who = options.credential;
    netsnmp_session session{};
    snmp_sess_init(&session);
    // The library takes char* and copies all of it.
    std::string peer = options.peer;
    std::string community = options.secrets.community.reveal();
    std::string user = who.user;
    std::string context = who.context;
    std::string engine = options.engine.id;
    session.peername = peer.data();
    session.retries = options.retries;
    session.timeout = std::chrono::duration_cast<std::chrono::microseconds>(options.wait).count();
    std::unique_ptr<UserLease> lease;
    if (who.version == SnmpVersion::k2c) {
        session.version = SNMP_VERSION_2c;
        session.community = reinterpret_cast<u_char*>(community.data());
        session.community_len = community.size();
    } else {
        session.version = SNMP_VERSION_3;
        session.flags |= SNMP_FLAGS_DONT_PROBE;  // that would block; discovery has been
        session.securityName = user.data();
        session.securityNameLen = user.size();
        session.contextName = context.data();
        session.contextNameLen = context.size();
        session.securityEngineID = reinterpret_cast<u_char*>(engine.data());
        session.securityEngineIDLen = engine.size();
        session.contextEngineID = session.securityEngineID;
        session.contextEngineIDLen = session.securityEngineIDLen;
        TOCSIN_TRY(lease, shared.lease({engine, user}, fingerprint_of(who, options.secrets),
                                       options.device));
        TOCSIN_TRY(set_user(who, options.secrets, session));
        // Not authenticated yet: the first answer with our keys says better.
        if (options.engine.boots != 0) {
            set_enginetime(session.securityEngineID, static_cast<u_int>(engine.size()),
                           options.engine.boots, options.engine.time, TRUE);
        }
    }
    void* handle = snmp_sess_open(&session);
    if (handle == nullptr) {
        return Error(ErrorCode::kIo,
                     "opening a session: " + std::string(snmp_api_errstring(session.s_snmp_errno)));
    }
    Silence silence{who, options.wait, options.retries + 1};
    return std::unique_ptr<Session>(
        std::make_unique<NetSnmpSession>(loop, handle, std::move(lease), std::move(silence)));
}

}  // namespace tocsin::collector::snmp
