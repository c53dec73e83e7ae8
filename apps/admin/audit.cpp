#include "apps/admin/commands.hpp"
#include "apps/admin/failures.hpp"
#include "core/domain/base/text.hpp"
#include "core/usecases/operations/seal_audit.hpp"
#include "core/usecases/operations/verify_audit.hpp"

#include <charconv>
#include <cstdio>

namespace mb::admin {
namespace {

std::string text_of(identity::digest const& digest) { return hex({reinterpret_cast<char const*>(digest.data()), digest.size()}); }

std::optional<usecases::noted_seal> read_noted(std::string const& text)
{
    usecases::noted_seal noted;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), noted.number);
    auto const digits = std::string_view{text}.substr(static_cast<std::size_t>(end - text.data()));
    if (failure != std::errc{} || noted.number < 1 || digits.size() != 1 + 2 * noted.digest.size() || digits.front() != ':') return std::nullopt;
    for (std::size_t i = 0; i < noted.digest.size(); ++i) {
        auto const pair = digits.substr(1 + 2 * i, 2);
        auto const [last, wrong] = std::from_chars(pair.data(), pair.data() + pair.size(), noted.digest[i], 16);
        if (wrong != std::errc{} || last != pair.data() + pair.size()) return std::nullopt;
    }
    return noted;
}

void print(usecases::tamper_finding const& found)
{
    auto const name = std::string(usecases::name_of(found.what));
    auto const row = found.row ? found.row->text() : "-";
    std::printf("❌ %s %s", name.c_str(), row.c_str());
    if (found.seal > 0) std::printf("  sello %lld", static_cast<long long>(found.seal));
    if (found.sealed_time) std::printf("  sellada %s", format_rfc3339(*found.sealed_time).c_str());
    if (found.present_time) std::printf("  ahora %s", format_rfc3339(*found.present_time).c_str());
    std::printf("\n");
}

}  // namespace

int verify_audit(composition::services& with, audit_arguments const& asked)
{
    std::optional<usecases::noted_seal> noted;
    if (asked.noted) {
        noted = read_noted(*asked.noted);
        if (!noted) {
            std::fprintf(stderr, "❌ --noted: se espera NÚMERO:RESUMEN, como lo imprime audit verify\n");
            return 1;
        }
    }
    auto const said = usecases::verify_audit(with.store(), with.digests())(noted, asked.findings_max);
    if (!said) return fail(said.error());
    for (auto const& each : said->findings) print(each);
    std::printf("%zu filas selladas e intactas (%zu ya no dicen de quién son), %zu sellos, %zu filas sin sellar", said->rows, said->forgotten,
                said->seals, said->unsealed);
    if (said->oldest_unsealed) std::printf(" desde %s", format_rfc3339(*said->oldest_unsealed).c_str());
    std::printf("\n");
    if (said->last)
        std::printf("último sello, para anotarlo fuera: %lld:%s\n", static_cast<long long>(said->last->number), text_of(said->last->digest).c_str());
    if (said->findings_total == 0) return 0;
    std::printf("❌ %zu hallazgos: el registro de auditoría fue alterado\n", said->findings_total);
    return 1;
}

int seal_audit(composition::services& with, audit_arguments const& asked)
{
    usecases::sealing_policy policy;
    policy.settled = std::chrono::seconds{asked.settled_seconds};
    auto const done = usecases::seal_audit(with.store(), with.clock(), with.random(), with.digests(), policy)();
    if (!done) return fail(done.error());
    std::printf("%zu filas selladas en %zu sellos\n", done->rows, done->seals);
    return 0;
}

}  // namespace mb::admin
