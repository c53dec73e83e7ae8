#include "adapters/config/guessable.hpp"

#include "core/domain/base/secret.hpp"
#include "core/domain/base/text.hpp"

#include <bitset>
#include <cstddef>
#include <string_view>

namespace mb::config {
namespace {

constexpr std::size_t distinct_min = 10;

/// Six letters or more: shorter words turn up in random base64 by chance.
constexpr std::string_view guessable_words[] = {"secret",   "changeme", "change-me", "change_me", "cambiame", "cambiar",  "password",
                                                "contrase", "example",  "ejemplo",   "metabuil",  "default",  "your-jwt", "your_jwt",
                                                "qwerty",   "123456",   "letmein",   "insecure",  "placehold"};

std::size_t distinct_bytes(std::string_view text) noexcept
{
    std::bitset<256> seen;
    for (char const c : text) seen.set(static_cast<unsigned char>(c));
    return seen.count();
}

/// Whether the text is a shorter piece, again and again; its last copy may be cut.
bool is_repetition(std::string_view text) noexcept
{
    for (std::size_t period = 1; period <= text.size() / 2; ++period)
        if (text.substr(period) == text.substr(0, text.size() - period)) return true;
    return false;
}

/// Whether eight neighbours in a row each are one above (or one below) the one before.
bool has_run(std::string_view text) noexcept
{
    for (int const step : {1, -1}) {
        int length = 1;
        for (std::size_t i = 1; i < text.size(); ++i) {
            length = text[i] - text[i - 1] == step ? length + 1 : 1;
            if (length == 8) return true;
        }
    }
    return false;
}

}  // namespace

bool is_guessable(std::string_view secret_text)
{
    if (distinct_bytes(secret_text) < distinct_min || is_repetition(secret_text) || has_run(secret_text)) return true;
    secret const lower{ascii_lower(secret_text)};
    for (auto const word : guessable_words)
        if (lower.reveal().find(word) != std::string_view::npos) return true;
    return false;
}

}  // namespace mb::config
