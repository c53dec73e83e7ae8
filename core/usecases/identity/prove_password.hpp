#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/user.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/password_gate.hpp"
#include "ports/clock.hpp"

namespace mb::usecases {

/// Says whose password this is, and begins nothing: for schemes that send it with each request (RFC 7617). Verifies a hash: run it on the
/// lane for that. Denials: as log_in.
class prove_password final {
public:
    prove_password(password_gate const& gate, ports::clock const& clock) : gate_(gate), clock_(clock) {}

    outcome<answer<identity::user>> operator()(credentials const& shown, audit::origin const& from) const;

private:
    password_gate const& gate_;
    ports::clock const& clock_;
};

}  // namespace mb::usecases
