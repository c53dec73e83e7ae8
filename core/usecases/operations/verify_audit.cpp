#include "core/usecases/operations/verify_audit.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <utility>

namespace mb::usecases {
namespace {

constexpr std::size_t seals_at_once = 20;
constexpr std::size_t rows_at_once = 1000;
/// What appeared so short before the last seal's end may have come late, and is sealed with the next (sealing_policy).
constexpr duration settling = std::chrono::minutes{2};

/// Reads the log along its seals. What is missing at its place may stand elsewhere, and what no seal lists yet may be listed by a later one:
/// both are kept until the end.
class examination {
public:
    examination(ports::store& store, ports::digester const& digests, std::size_t findings_max)
        : store_(store),
          mac_([&digests](std::string_view purpose, std::string_view bytes) { return digests.mac(purpose, bytes); }),
          hash_([&digests](std::string_view bytes) { return digests.sha256(bytes); }),
          findings_max_(findings_max)
    {
    }

    outcome<void> examine(audit::seal const& next)
    {
        auto const standing = audit::judge_seal(next, before_ ? &*before_ : nullptr, hash_, mac_);
        if (standing == audit::seal_standing::missing) {
            find({tampering::seal_missing, next.number});
            auto gap = before_ ? before_->clone() : audit::seal{};
            gap.number = next.number - 1;
            gap.digest = next.previous;
            if (audit::judge_seal(next, next.number == 1 ? nullptr : &gap, hash_, mac_) != audit::seal_standing::good)
                find({tampering::seal_changed, next.number});
        }
        if (standing == audit::seal_standing::changed) find({tampering::seal_changed, next.number});
        if (standing == audit::seal_standing::forged) find({tampering::seal_forged, next.number});
        ++verdict_.seals;
        verdict_.last = noted_seal{next.number, next.digest};
        auto const begin = before_ ? before_->through : audit::log_begin;
        MB_CHECK(compare(next, begin));
        before_ = next.clone();
        before_->rows.clear();
        return {};
    }

    outcome<audit_verdict> finish(std::optional<noted_seal> const& noted, bool seen)
    {
        if (noted && !seen) find({tampering::seal_missing, noted->number});
        resolve();
        MB_CHECK(count_unsealed());
        return std::move(verdict_);
    }

    void find(tamper_finding finding)
    {
        ++verdict_.findings_total;
        if (verdict_.findings.size() < findings_max_) verdict_.findings.push_back(finding);
    }

private:
    struct absent_row {
        audit::sealed_row sealed;
        std::int64_t seal;
    };

    outcome<void> compare(audit::seal const& with, audit::position begin)
    {
        std::map<audit::log_id, audit::sealed_row const*> listed;
        for (auto const& each : with.rows) listed.emplace(each.where.id, &each);
        std::vector<audit::event> strayed;  // stand in this stretch with another content than theirs
        auto after = begin;
        for (bool more = true; more;) {
            MB_TRY(auto const page, ports::read(store_, [&](ports::transaction& tx) { return tx.audit().after(after, with.through, rows_at_once); }));
            more = page.size() == rows_at_once;
            for (auto const& row : page) {
                after = audit::position_of(row);
                auto const found = listed.find(row.id);
                if (found == listed.end()) {
                    unlisted_.insert_or_assign(row.id, row);
                } else {
                    if (!judge(with, *found->second, row)) strayed.push_back(row);
                    listed.erase(found);
                }
            }
        }
        for (auto const& [id, sealed] : listed) {
            if (sealed->where > begin) {
                absent_.emplace(id, absent_row{*sealed, with.number});
                continue;
            }
            MB_TRY(auto const late, find_late(*sealed));  // it came late, and stands among rows of an earlier seal
            unlisted_.erase(id);
            if (late)
                report_late(with, *sealed, *late);
            else
                absent_.emplace(id, absent_row{*sealed, with.number});
        }
        report(with, strayed);
        return {};
    }

    /// @return false where the content is another one, which is still to be explained.
    bool judge(audit::seal const& with, audit::sealed_row const& sealed, audit::event const& row)
    {
        switch (audit::judge_row(sealed, row, with.salt, mac_)) {
            case audit::row_standing::forgotten: ++verdict_.forgotten; [[fallthrough]];
            case audit::row_standing::intact: ++verdict_.rows; return true;
            case audit::row_standing::moved: find({tampering::row_reordered, with.number, row.id, sealed.where.at, row.at}); return true;
            case audit::row_standing::changed: return false;
        }
        return false;
    }

    void report_late(audit::seal const& with, audit::sealed_row const& sealed, audit::event const& row)
    {
        if (!judge(with, sealed, row)) find({tampering::row_changed, with.number, row.id, sealed.where.at, row.at});
    }

    /// Rows whose content is that of another one have changed places; the others have been changed.
    void report(audit::seal const& with, std::vector<audit::event> const& strayed)
    {
        for (auto const& row : strayed) {
            bool const is_another =
                std::ranges::any_of(with.rows, [&](auto const& each) { return each.where.id != row.id && audit::has_content(each, row, mac_); });
            auto const own = std::ranges::find(with.rows, row.id, [](auto const& each) { return each.where.id; });
            find({is_another ? tampering::row_reordered : tampering::row_changed, with.number, row.id, own->where.at, row.at});
        }
    }

    outcome<std::optional<audit::event>> find_late(audit::sealed_row const& sealed)
    {
        auto just_before = sealed.where;
        just_before.at -= duration{1};
        just_before.id = audit::highest_log_id;
        audit::position const end{sealed.where.at, audit::highest_log_id};
        for (;;) {
            MB_TRY(auto const page, ports::read(store_, [&](ports::transaction& tx) { return tx.audit().after(just_before, end, rows_at_once); }));
            for (auto const& row : page) {
                if (row.id == sealed.where.id) return std::optional(row);
                just_before = audit::position_of(row);
            }
            if (page.size() < rows_at_once) return std::optional<audit::event>{};
        }
    }

    /// What is missing in one place and stands in another was moved; the rest was removed, or put there.
    void resolve()
    {
        for (auto const& [id, absent] : absent_) {
            auto const elsewhere = unlisted_.find(id);
            if (elsewhere == unlisted_.end()) {
                find({tampering::row_removed, absent.seal, id, absent.sealed.where.at});
                continue;
            }
            find({tampering::row_reordered, absent.seal, id, absent.sealed.where.at, elsewhere->second.at});
            unlisted_.erase(elsewhere);
        }
        for (auto const& [id, row] : unlisted_)
            if (!before_ || row.at <= before_->through.at - settling) find({tampering::row_inserted, 0, id, std::nullopt, row.at});
    }

    outcome<void> count_unsealed()
    {
        auto const end = before_ ? before_->through : audit::log_begin;
        return store_.read([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(verdict_.unsealed, tx.audit().count(end, audit::log_end));
            MB_TRY(auto const oldest, tx.audit().after(end, audit::log_end, 1));
            if (!oldest.empty()) verdict_.oldest_unsealed = oldest.front().at;
            return {};
        });
    }

    ports::store& store_;
    std::function<identity::digest(std::string_view, std::string_view)> const mac_;
    std::function<identity::digest(std::string_view)> const hash_;
    std::size_t const findings_max_;
    std::optional<audit::seal> before_;
    std::map<audit::log_id, absent_row> absent_;
    std::map<audit::log_id, audit::event> unlisted_;
    audit_verdict verdict_;
};

}  // namespace

std::string_view name_of(tampering what) noexcept
{
    switch (what) {
        case tampering::row_changed: return "row_changed";
        case tampering::row_removed: return "row_removed";
        case tampering::row_reordered: return "row_reordered";
        case tampering::row_inserted: return "row_inserted";
        case tampering::seal_missing: return "seal_missing";
        case tampering::seal_changed: return "seal_changed";
        case tampering::seal_forged: return "seal_forged";
    }
    return "row_changed";
}

outcome<audit_verdict> verify_audit::operator()(std::optional<noted_seal> const& noted, std::size_t findings_max) const
{
    examination log(store_, digests_, findings_max);
    bool seen = false;
    std::int64_t last = 0;
    for (;;) {
        MB_TRY(auto const page, ports::read(store_, [&](ports::transaction& tx) { return tx.audit_seals().after(last, seals_at_once); }));
        for (auto const& each : page) {
            last = each.number;
            if (noted && each.number == noted->number) {
                seen = true;
                if (each.digest != noted->digest) log.find({tampering::seal_changed, each.number});
            }
            MB_CHECK(log.examine(each));
        }
        if (page.size() < seals_at_once) return log.finish(noted, seen);
    }
}

}  // namespace mb::usecases
