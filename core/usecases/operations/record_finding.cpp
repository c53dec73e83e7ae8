#include "core/usecases/operations/record_finding.hpp"

#include <string>

namespace mb::usecases {

outcome<recorded> record_finding(ports::transaction& tx, anomaly::finding const& seen)
{
    MB_TRY(auto held, tx.anomalies().find_open(seen.what, seen.subject, seen.at));
    if (!held) {
        MB_CHECK(tx.anomalies().save(seen));
        return recorded::fresh;
    }
    if (held->numbers.counted >= seen.numbers.counted) return recorded::known;
    held->numbers = seen.numbers;
    MB_CHECK(tx.anomalies().save(*held));
    return recorded::grown;
}

audit::event_metadata metadata_of(anomaly::finding const& seen)
{
    return {{"counted", std::to_string(seen.numbers.counted)},
            {"threshold", std::to_string(seen.numbers.most)},
            {"window_seconds", std::to_string(seen.numbers.window.count())}};
}

}  // namespace mb::usecases
