#include "core/usecases/operations/purge.hpp"

#include "core/domain/base/function_ref.hpp"

namespace mb::usecases {
namespace {

using step_ref = function_ref<outcome<std::size_t>(ports::transaction&)>;

/// Repeats the step, each time in a transaction of its own, until there is no full batch left.
outcome<std::size_t> in_batches(ports::store& store, purge_policy const& policy, step_ref step)
{
    std::size_t total = 0;
    for (std::size_t i = 0; i < policy.batches_max; ++i) {
        MB_TRY(auto const removed, ports::transact(store, step));
        total += removed;
        if (removed < policy.batch) break;
    }
    return total;
}

}  // namespace

outcome<purged> purge::operator()() const
{
    using ports::transaction;
    auto const now = clock_.now();
    auto const batch = policy_.batch;
    purged removed;
    MB_TRY(removed.email_tokens, in_batches(store_, policy_, [&](transaction& tx) { return tx.email_tokens().purge(now, batch); }));
    MB_TRY(removed.families, in_batches(store_, policy_, [&](transaction& tx) { return tx.families().purge(now - policy_.family_memory, batch); }));
    MB_TRY(removed.sessions, in_batches(store_, policy_, [&](transaction& tx) { return tx.sessions().purge(now, batch); }));
    MB_TRY(removed.lockouts, in_batches(store_, policy_, [&](transaction& tx) { return tx.lockouts().purge(now, batch); }));
    MB_TRY(removed.signing_keys, in_batches(store_, policy_, [&](transaction& tx) -> outcome<std::size_t> {
               MB_TRY(auto const count, tx.signing_keys().purge(now, batch));
               if (count > 0) MB_CHECK(tx.catalogue().advance());
               return count;
           }));
    MB_TRY(removed.messages, in_batches(store_, policy_, [&](transaction& tx) { return tx.outbox().purge(now, batch); }));
    auto const forget_at = now - policy_.audit_memory;
    MB_TRY(removed.events, in_batches(store_, policy_, [&](transaction& tx) { return tx.dossiers().anonymise_events(forget_at, batch); }));
    // once no event of that time says whom it is about, what its seal knows of them may tell nothing either
    if (removed.events < policy_.batch * policy_.batches_max)
        MB_CHECK(store_.transact([&](transaction& tx) { return tx.audit_seals().forget(forget_at); }));
    MB_TRY(removed.attempts, in_batches(store_, policy_, [&](transaction& tx) { return tx.dossiers().anonymise_attempts(forget_at, batch); }));
    MB_TRY(removed.anomalies, in_batches(store_, policy_, [&](transaction& tx) { return tx.anomalies().anonymise(forget_at, batch); }));
    return removed;
}

}  // namespace mb::usecases
