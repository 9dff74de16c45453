#include "collector/net/probe/http_transfers.h"

#include <sys/epoll.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace tocsin::collector::probe {

HttpTransfers::HttpTransfers(net::Loop& loop) : loop_(loop), events_(loop) {
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
    // Each exchange has its connections to itself.
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

void HttpTransfers::add(CURL* easy, Finished finished) {
    finished_[easy] = std::move(finished);
    // Sets a timer, from which all else follows.
    curl_multi_add_handle(multi_.get(), easy);
}

void HttpTransfers::remove(CURL* easy) {
    finished_.erase(easy);
    curl_multi_remove_handle(multi_.get(), easy);
}

void HttpTransfers::act(curl_socket_t fd, int what) {
    const auto stays = shared_from_this();  // though the last exchange may end
    int running = 0;
    curl_multi_socket_action(multi_.get(), fd, what, &running);
    std::vector<std::pair<CURL*, CURLcode>> done;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
            done.emplace_back(message->easy_handle, message->data.result);
        }
    }
    for (const auto& [easy, code] : done) {
        // One that finished before it may have ended it.
        const auto at = finished_.find(easy);
        if (at == finished_.end()) continue;
        const Finished finished = std::move(at->second);
        finished(code);  // removes it, and may end others
    }
}

// libcurl's callbacks only take notes; none of them calls it back.
int HttpTransfers::on_socket(CURL*, curl_socket_t fd, int what, void* user, void*) {
    auto* self = static_cast<HttpTransfers*>(user);
    if (what == CURL_POLL_REMOVE) {
        self->events_.forget(fd);
        return 0;
    }
    const std::uint32_t in = (what & CURL_POLL_IN) != 0 ? std::uint32_t{EPOLLIN} : 0U;
    const std::uint32_t out = (what & CURL_POLL_OUT) != 0 ? std::uint32_t{EPOLLOUT} : 0U;
    self->events_.watch(fd, in | out, [self, fd](std::uint32_t ready) {
        const int bad = (ready & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0;
        self->act(fd, ((ready & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                          ((ready & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) | bad);
    });
    return 0;
}

int HttpTransfers::on_timer(CURLM*, long milliseconds, void* user) {
    auto* self = static_cast<HttpTransfers*>(user);
    self->timer_.cancel();
    if (milliseconds < 0) return 0;
    self->timer_ =
        self->loop_.after(Duration{milliseconds}, [self] { self->act(CURL_SOCKET_TIMEOUT, 0); });
    return 0;
}

}  // namespace tocsin::collector::probe
