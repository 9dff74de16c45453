// libcurl's transfers of all HTTP probes, over one of its multi handles and one set of descriptors:
// no thread, no waiting. Setting either up anew for each probe cost a third of its system calls.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <unordered_map>

#include "base/net/fd_events.h"
#include "base/net/loop.h"

namespace tocsin::collector::probe {

class HttpTransfers : public std::enable_shared_from_this<HttpTransfers> {
  public:
    using Finished = std::function<void(CURLcode)>;

    // All probes of a loop use net::shared_by<HttpTransfers>(loop).
    explicit HttpTransfers(net::Loop& loop);
    HttpTransfers(const HttpTransfers&) = delete;
    HttpTransfers& operator=(const HttpTransfers&) = delete;

    // Begins it. `finished` comes later, once, unless remove() comes first; it has to remove it.
    void add(CURL* easy, Finished finished);
    // Breaks off what has not finished.
    void remove(CURL* easy);

  private:
    // CURLM is void to the compiler.
    struct FreeMulti {
        void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
    };
    static int on_socket(CURL*, curl_socket_t fd, int what, void* user, void*);
    static int on_timer(CURLM*, long milliseconds, void* user);
    void act(curl_socket_t fd, int what);

    net::Loop& loop_;
    // The multi handle still calls what stands above it when it goes.
    net::FdEvents events_;
    net::Timer timer_;
    std::unordered_map<CURL*, Finished> finished_;
    std::unique_ptr<CURLM, FreeMulti> multi_{curl_multi_init()};
};

}  // namespace tocsin::collector::probe
