#include "core/usecases/operations/reports/kinds.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace mb::usecases {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr auto all_reports = std::to_array<report_entry>({
    {"logins-by-country", "¿Cuántos intentos de login desde diferentes países en las últimas 24h?", report_source::attempts, hours{24}, duration{},
     report_kinds::logins_by_country},
    {"attacking-addresses", "¿Hay accesos desde IPs conocidas por ataques?", report_source::both, days{7}, days{30},
     report_kinds::attacking_addresses},
    {"unusual-password-changes", "¿Cambios de contraseña desde ubicaciones inusuales?", report_source::events, days{7}, days{90},
     report_kinds::unusual_password_changes},
    {"endpoints-by-role", "¿Qué endpoints son más accedidos por cada rol?", report_source::events, days{7}, duration{},
     report_kinds::endpoints_by_role},
    {"time-per-operation", "¿Cuánto tiempo promedio toma cada operación?", report_source::events, days{7}, duration{},
     report_kinds::time_per_operation},
    {"activity-by-hour", "¿Hay picos de actividad en ciertos horarios?", report_source::events, days{28}, duration{}, report_kinds::activity_by_hour},
    {"sensitive-access", "¿Quién accedió a qué datos sensibles y cuándo?", report_source::events, days{7}, duration{},
     report_kinds::sensitive_access},
    {"configuration-changes", "¿Hay cambios no autorizados en configuraciones?", report_source::events, days{28}, duration{},
     report_kinds::configuration_changes},
    {"response-targets", "¿Se cumplen los SLA de respuesta?", report_source::events, days{7}, duration{}, report_kinds::response_targets},
    {"injection-attempts", "¿Hay intentos de SQL injection o XSS?", report_source::both, days{7}, duration{}, report_kinds::injection_attempts},
    {"undocumented-endpoints", "¿Hay accesos a endpoints no documentados?", report_source::events, days{7}, duration{},
     report_kinds::undocumented_endpoints},
    {"timing-patterns", "¿Hay patrones de timing attacks?", report_source::attempts, days{7}, duration{}, report_kinds::timing_patterns},
});

}  // namespace

std::span<report_entry const> reports() noexcept { return all_reports; }

report_entry const* report_named(std::string_view name) noexcept
{
    auto const found = std::ranges::find(all_reports, name, &report_entry::name);
    return found == all_reports.end() ? nullptr : &*found;
}

}  // namespace mb::usecases
