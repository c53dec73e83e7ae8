#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/notify/message.hpp"
#include "core/usecases/identity/link_request.hpp"

#include <string_view>

namespace mb::usecases {

/// Mails a link that logs in where there is an account. Always done, with the same work, so that the answer tells nothing.
class send_magic_link final {
public:
    explicit send_magic_link(link_sender const& with) : with_(with) {}

    outcome<answer<done>> operator()(std::string_view email, notify::language tongue, audit::origin const& from) const;

private:
    link_sender with_;
};

}  // namespace mb::usecases
