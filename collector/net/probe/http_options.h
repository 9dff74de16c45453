// A request in libcurl's options.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "collector/net/probe/http_exchange.h"

namespace tocsin::collector::probe {

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// Holds what the handle only points to; outlives its use.
class HttpOptions {
  public:
    static void set_once(CURL* easy, const HttpConfig& config);
    void set_request(CURL* easy, const HttpConfig& config, const HttpRequest& request);

  private:
    void set_address(CURL* easy, const HttpConfig& config, const HttpRequest& request,
                     const std::string& host);

    std::unique_ptr<curl_slist, FreeList> headers_;
    std::unique_ptr<curl_slist, FreeList> addresses_;
};

}  // namespace tocsin::collector::probe
