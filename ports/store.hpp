#pragma once

#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/anomalies.hpp"
#include "ports/audit_repositories.hpp"
#include "ports/dossiers.hpp"
#include "ports/entity_repositories.hpp"
#include "ports/identity_repositories.hpp"

#include <optional>
#include <type_traits>

namespace mb::ports {

/// One unit of work. Its repositories end with it.
class transaction {
public:
    virtual ~transaction() = default;
    virtual ports::users& users() = 0;
    virtual ports::families& families() = 0;
    virtual ports::sessions& sessions() = 0;
    virtual ports::email_tokens& email_tokens() = 0;
    virtual ports::api_keys& api_keys() = 0;
    virtual ports::lockouts& lockouts() = 0;
    virtual ports::second_factors& second_factors() = 0;
    virtual ports::signing_keys& signing_keys() = 0;
    virtual ports::roles& roles() = 0;
    virtual ports::catalogue_revisions& catalogue() = 0;
    virtual ports::audit_log& audit() = 0;
    virtual ports::audit_seals& audit_seals() = 0;
    virtual ports::login_attempts& login_attempts() = 0;
    virtual ports::anomalies& anomalies() = 0;
    virtual ports::outbox& outbox() = 0;
    virtual ports::dossiers& dossiers() = 0;
    virtual ports::entities& entities() = 0;
    virtual ports::records& records() = 0;
};

using work_ref = function_ref<outcome<void>(transaction&)>;

/// The database. MUST be callable from any thread; calls block until the answer is certain.
class store {
public:
    virtual ~store() = default;
    /// Runs `work` and commits where it returns a value; rolls everything back where it returns an error.
    /// `work` may run again (at most three times, on conflict), so it draws no identities, time or random bytes and has no outside effect.
    /// MUST NOT be nested. Returns only when the commit is durable.
    /// @error conflict  still conflicting at the third try. @error outcome_unknown  the commit's answer was lost; never retried.
    virtual outcome<void> transact(work_ref work) = 0;
    /// Runs `work`, perhaps twice, on one consistent snapshot; writing through it is @error unexpected.
    virtual outcome<void> read(work_ref work) = 0;
};

/// transact() for work that answers something: outcome<T>(transaction&) in, outcome<T> out.
template <class Work>
auto transact(store& where, Work&& work) -> std::invoke_result_t<Work&, transaction&>
{
    using value = typename std::invoke_result_t<Work&, transaction&>::value_type;
    std::optional<value> answer;
    MB_CHECK(where.transact([&](transaction& tx) -> outcome<void> {
        MB_TRY(auto made, work(tx));
        answer.emplace(std::move(made));
        return {};
    }));
    return std::move(*answer);
}

template <class Work>
auto read(store& where, Work&& work) -> std::invoke_result_t<Work&, transaction&>
{
    using value = typename std::invoke_result_t<Work&, transaction&>::value_type;
    std::optional<value> answer;
    MB_CHECK(where.read([&](transaction& tx) -> outcome<void> {
        MB_TRY(auto made, work(tx));
        answer.emplace(std::move(made));
        return {};
    }));
    return std::move(*answer);
}

}  // namespace mb::ports
