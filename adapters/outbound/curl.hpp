#pragma once

#include <curl/curl.h>

#include <memory>

namespace mb::outbound {

struct closes_handle {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct frees_list {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using curl_handle = std::unique_ptr<CURL, closes_handle>;
using curl_list = std::unique_ptr<curl_slist, frees_list>;

}  // namespace mb::outbound
