#pragma once

#include "adapters/http/edge/service.hpp"

#include <string>

namespace mb::http {

/// Answers every request with 308 to the same path below PUBLIC_URL. What the client calls this host, and what it sends, decide nothing of where it
/// is led to (security.md section 6.12).
class https_redirect final : public service {
public:
    /// @param public_url  scheme and authority, no trailing slash
    explicit https_redirect(std::string public_url) : public_url_(std::move(public_url)) {}

    admission admit(request_head const& head) override;
    void serve(request&& whole, std::unique_ptr<responder> reply) override;
    response refuse(problem why, request_head const* head) override;
    std::string const& common_fields() const noexcept override { return common_fields_; }

private:
    response lead(request_head const& head) const;

    std::string const public_url_;
    std::string const common_fields_ = "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n";
};

}  // namespace mb::http
