// The handler's side of a connection: Reply and Stream.
#include "base/net/http_message.h"
#include "base/net/http_session.h"
#include "base/net/log.h"
#include "base/net/reply_state.h"

namespace tocsin::net {
namespace {

constexpr std::size_t kMostWaiting = 1024 * 1024;

class StreamHandle final : public Stream {
  public:
    StreamHandle(std::shared_ptr<StreamBuffer> buffer, std::weak_ptr<Session> session)
        : buffer_(std::move(buffer)), session_(std::move(session)) {}
    ~StreamHandle() override { StreamHandle::close(); }
    StreamHandle(const StreamHandle&) = delete;
    StreamHandle& operator=(const StreamHandle&) = delete;

    bool write(std::string bytes) override {
        const auto session = session_.lock();
        if (!open() || !session) return false;
        if (bytes.empty()) return true;  // an empty chunk would end the body
        if (buffer_->pending.size() + buffer_->in_flight + bytes.size() > kMostWaiting) {
            buffer_->open = false;
            session->abort();
            return false;
        }
        buffer_->pending += buffer_->framing == BodyFraming::kChunked ? chunk(bytes) : bytes;
        session->wake();
        return true;
    }

    void close() override {
        if (!buffer_->open) return;
        buffer_->open = false;
        if (const auto session = session_.lock()) session->wake();
    }

    bool open() const override { return buffer_->open && !buffer_->peer_gone; }

  private:
    std::shared_ptr<StreamBuffer> buffer_;
    std::weak_ptr<Session> session_;
};

}  // namespace

Reply::State::~State() {
    if (answered) return;
    const auto waiting = session.lock();
    if (!waiting) return;
    log_error("a handler gave no answer", {{"path", path}});
    waiting->answer(Response::error(Error(ErrorCode::kInternal, "the server gave no answer")));
}

void Reply::send(Response response) const {
    if (state_->answered) {
        log_error("a handler answered twice", {{"path", state_->path}});
        return;
    }
    state_->answered = true;
    if (const auto session = state_->session.lock()) session->answer(std::move(response));
}

std::shared_ptr<Stream> Reply::stream(Response head) const {
    const auto session = state_->session.lock();
    std::shared_ptr<StreamBuffer> buffer;
    if (!state_->answered && session) {
        buffer = session->open_stream(std::move(head));
    } else {
        // The peer has gone meanwhile: a stream that says so at the first write.
        buffer = std::make_shared<StreamBuffer>();
        buffer->open = false;
    }
    state_->answered = true;
    return std::make_shared<StreamHandle>(std::move(buffer), session);
}

}  // namespace tocsin::net
