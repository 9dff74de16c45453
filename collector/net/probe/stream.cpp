#include "collector/net/probe/stream.h"

#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace tocsin::collector::probe {
namespace {

constexpr std::size_t kBlock = 16384;

bool would_block(ssize_t n) {
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

}  // namespace

Stream::~Stream() {
    if (fd_ < 0) return;
    events_.forget(fd_);
    ::close(fd_);
}

void Stream::connect(const Address& to, Done done) {
    done_ = std::move(done);
    fd_ = ::socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return finish(errno_error("a socket", errno));
    if (::connect(fd_, to.get(), to.size) == 0) return finish(success());
    if (errno != EINPROGRESS) return finish(errno_error("connecting", errno));
    wait(EPOLLOUT, &Stream::connected);
}

void Stream::connected() {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    finish(error == 0 ? Result<void>(success()) : errno_error("connecting", error));
}

void Stream::handshake(SslPtr session, Done done) {
    done_ = std::move(done);
    tls_ = std::move(session);
    if (SSL_set_fd(tls_.get(), fd_) != 1) {
        return finish(Error(ErrorCode::kInternal, "TLS: " + tls_problem(tls_.get())));
    }
    shake();
}

void Stream::shake() {
    ERR_clear_error();
    const int returned = SSL_do_handshake(tls_.get());
    if (returned == 1) return finish(success());
    if (again(returned, &Stream::shake)) return;
    finish(Error(ErrorCode::kUnavailable, "TLS handshake: " + tls_problem(tls_.get())));
}

void Stream::write(std::string bytes, Done done) {
    done_ = std::move(done);
    out_ = std::move(bytes);
    sent_ = 0;
    push();
}

void Stream::push() {
    while (sent_ < out_.size()) {
        const char* from = out_.data() + sent_;
        const std::size_t left = out_.size() - sent_;
        ERR_clear_error();
        if (tls_) {
            std::size_t n = 0;
            const int returned = SSL_write_ex(tls_.get(), from, left, &n);
            if (returned != 1) {
                if (again(returned, &Stream::push)) return;
                return finish(Error(ErrorCode::kIo, "sending: " + tls_problem(tls_.get())));
            }
            sent_ += n;
            continue;
        }
        const ssize_t n = ::send(fd_, from, left, MSG_NOSIGNAL);
        if (would_block(n)) return wait(EPOLLOUT, &Stream::push);
        if (n < 0) return finish(errno_error("sending", errno));
        sent_ += static_cast<std::size_t>(n);
    }
    finish(success());
}

void Stream::read(Read done) {
    read_ = std::move(done);
    if (!tls_ || SSL_has_pending(tls_.get()) == 0) return wait(EPOLLIN, &Stream::pull);
    soon_ = loop_.after(Duration{0}, [this] { pull(); });
}

void Stream::pull() {
    std::array<char, kBlock> block{};
    ERR_clear_error();
    if (tls_) {
        std::size_t n = 0;
        const int returned = SSL_read_ex(tls_.get(), block.data(), block.size(), &n);
        if (returned == 1) return finish_read(std::string(block.data(), n));
        if (again(returned, &Stream::pull)) return;
        if (SSL_get_error(tls_.get(), returned) == SSL_ERROR_ZERO_RETURN) {
            return finish_read(std::string());
        }
        return finish_read(Error(ErrorCode::kIo, "reading: " + tls_problem(tls_.get())));
    }
    const ssize_t n = ::recv(fd_, block.data(), block.size(), 0);
    if (would_block(n)) return wait(EPOLLIN, &Stream::pull);
    if (n < 0) return finish_read(errno_error("reading", errno));
    finish_read(std::string(block.data(), static_cast<std::size_t>(n)));
}

void Stream::wait(std::uint32_t events, void (Stream::*step)()) {
    events_.watch(fd_, events, [this, step](std::uint32_t) {
        events_.forget(fd_);
        (this->*step)();
    });
}

// Whether OpenSSL only waits for the socket; then it is watched.
bool Stream::again(int returned, void (Stream::*step)()) {
    const int why = SSL_get_error(tls_.get(), returned);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return false;
    wait(why == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT, step);
    return true;
}

void Stream::finish(const Result<void>& result) {
    const Done done = std::exchange(done_, nullptr);
    done(result);  // may destroy this
}

void Stream::finish_read(const Result<std::string>& result) {
    const Read done = std::exchange(read_, nullptr);
    done(result);  // may destroy this
}

}  // namespace tocsin::collector::probe
