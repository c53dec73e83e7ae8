#pragma once

#include "ports/mailer.hpp"

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace mb::fakes {

/// Keeps what it delivers. Callable from any thread.
class recording_mailer final : public ports::mailer {
public:
    outcome<void> deliver(notify::message const& message) override
    {
        std::scoped_lock const lock(mutex_);
        if (auto const code = std::exchange(next_, std::nullopt)) return error{*code, "recording_mailer", ""};
        delivered_.push_back(copy(message));
        return {};
    }

    /// The next message isn't delivered.
    void fail_next(errc code)
    {
        std::scoped_lock const lock(mutex_);
        next_ = code;
    }

    /// In the order of delivery.
    std::vector<notify::message> delivered() const
    {
        std::scoped_lock const lock(mutex_);
        std::vector<notify::message> all;
        for (auto const& each : delivered_) all.push_back(copy(each));
        return all;
    }

private:
    static notify::message copy(notify::message const& mail)
    {
        return {mail.id, mail.kind, mail.recipient, mail.tongue, mail.link_token.clone(), mail.created_at, mail.expires_at};
    }

    mutable std::mutex mutex_;
    std::vector<notify::message> delivered_;
    std::optional<errc> next_;
};

}  // namespace mb::fakes
