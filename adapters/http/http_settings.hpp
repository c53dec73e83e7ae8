#pragma once

#include "adapters/http/texts.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace mb::http {

/// What the HTTP layer knows of the configuration.
struct http_settings {
    std::string public_url;                    ///< scheme and authority, no trailing slash: "http://localhost:8080"
    std::vector<std::string> allowed_origins;  ///< exact; the origin of `public_url` is always among them
    bool secure_cookies = true;                ///< false only where public_url is http://localhost…: names without __Host-, no Secure
    bool hsts = false;
    language tongue = language::es;
    std::string metrics_token;  ///< empty: /metrics on loopback only
    std::string version;
    std::size_t requests_in_work_max = 500;  ///< HTTP_MAX_CONCURRENT
    std::size_t requests_waiting_max = 200;  ///< HTTP_BACKPRESSURE_QUEUE
    bool rate_limited = true;
    struct rate {
        int burst = 0;
        std::chrono::seconds period{60};
    };
    rate credentials_rate{10, std::chrono::seconds{60}};
    rate default_rate{300, std::chrono::seconds{60}};
    bool point_reads_here = true;  ///< the storage is in this process: lane `point` runs on the I/O thread
    std::size_t read_threads = 4;
    std::size_t write_threads = 32;  ///< each waits for one commit: the size of a group
    std::size_t hash_threads = 2;
};

}  // namespace mb::http
