#include "core/usecases/operations/seal_audit.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace mb::usecases {
namespace {

/// What is to be sealed next, and the seal that it comes after.
struct next_batch {
    std::optional<audit::seal> before;
    std::vector<audit::event> rows;
    std::size_t late = 0;
    audit::position through;
};

/// Rows of the last stretch before the newest seal's end that no seal lists.
outcome<std::vector<audit::event>> find_late(ports::transaction& tx, audit::seal const& newest, sealing_policy const& policy)
{
    audit::position const from{newest.through.at - policy.late, audit::highest_log_id};
    MB_TRY(auto const seals, tx.audit_seals().reaching(from));
    std::set<audit::log_id> listed;
    for (auto const& each : seals)
        for (auto const& row : each.rows)
            if (row.where > from) listed.insert(row.where.id);
    MB_TRY(auto const present, tx.audit().count(from, newest.through));
    std::vector<audit::event> late;
    if (present <= listed.size()) return late;
    auto after = from;
    for (;;) {
        MB_TRY(auto page, tx.audit().after(after, newest.through, policy.batch));
        for (auto& each : page) {
            after = audit::position_of(each);
            if (!listed.contains(each.id) && late.size() < policy.batch) late.push_back(std::move(each));
        }
        if (page.size() < policy.batch) return late;
    }
}

outcome<next_batch> find_batch(ports::transaction& tx, sealing_policy const& policy, instant now)
{
    next_batch found;
    MB_TRY(found.before, tx.audit_seals().newest());
    audit::position const end{now - policy.settled, audit::highest_log_id};
    auto from = audit::log_begin;
    if (found.before) {
        from = found.before->through;
        MB_TRY(found.rows, find_late(tx, *found.before, policy));
        found.late = found.rows.size();
    }
    found.through = from;
    if (end <= from) return found;
    MB_TRY(auto fresh, tx.audit().after(from, end, policy.batch));
    found.through = fresh.size() < policy.batch ? end : audit::position_of(fresh.back());
    std::ranges::move(fresh, std::back_inserter(found.rows));
    return found;
}

}  // namespace

outcome<sealed_audit> seal_audit::operator()() const
{
    sealed_audit done;
    auto const mac = [this](std::string_view purpose, std::string_view bytes) { return digests_.mac(purpose, bytes); };
    auto const hash = [this](std::string_view bytes) { return digests_.sha256(bytes); };
    for (std::size_t batch = 0; batch < policy_.batches_max; ++batch) {
        auto const now = clock_.now();
        MB_TRY(auto const found, ports::read(store_, [&](ports::transaction& tx) { return find_batch(tx, policy_, now); }));
        if (found.rows.empty()) return done;
        auto salt = ports::new_secret(random_, audit::salt_bytes);
        std::vector<audit::sealed_row> rows;
        for (auto const& each : found.rows) rows.push_back(audit::seal_row(each, salt, mac));
        auto const made = audit::make_seal(found.before ? &*found.before : nullptr, std::move(rows), found.through, now, std::move(salt), hash, mac);
        auto const stored = store_.transact([&](ports::transaction& tx) { return tx.audit_seals().append(made); });
        if (!stored && stored.error().code == errc::duplicate) return done;  // another server sealed them
        MB_CHECK(stored);
        ++done.seals;
        done.rows += found.rows.size();
        done.late += found.late;
        if (found.rows.size() < policy_.batch) return done;
    }
    return done;
}

}  // namespace mb::usecases
