#include "core/usecases/mfa/recovery_set.hpp"

#include "core/domain/base/assert.hpp"

namespace mb::usecases {

recovery_set draw_recovery_set(identity::user_id owner, ports::randomness const& random, ports::digester const& digests, instant now)
{
    recovery_set made;
    for (std::size_t i = 0; i < identity::recovery_codes_count; ++i) {
        auto text = identity::write_recovery_code(ports::new_secret(random, identity::recovery_code_bytes));
        auto const code = identity::read_recovery_code(text.reveal());
        MB_ASSERT(code.has_value());
        identity::recovery_code row;
        row.id = ports::new_id<identity::recovery_code_id>(random, now);
        row.owner = owner;
        row.digest = digests.mac(identity::recovery_code_purpose, identity::recovery_code_content(owner, *code).reveal());
        row.created_at = now;
        made.rows.push_back(row);
        made.texts.push_back(std::move(text));
    }
    return made;
}

}  // namespace mb::usecases
