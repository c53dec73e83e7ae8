#include "adapters/openssl/zxcvbn_judge.hpp"

#include "adapters/openssl/common_passwords.hpp"
#include "adapters/openssl/mac.hpp"
#include "core/domain/base/text.hpp"

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

namespace mb::openssl {
namespace {

std::uint64_t mark_of(std::string_view folded) noexcept
{
    auto const digest = sha256(folded);
    std::uint64_t mark;
    std::memcpy(&mark, digest.data(), sizeof mark);
    return mark;
}

/// The library reads a C string, so a NUL would hide what follows.
secret judged_part(secret const& password)
{
    std::string part(password.reveal().substr(0, zxcvbn_judge::judged_bytes_max));
    std::replace(part.begin(), part.end(), '\0', ' ');
    return secret{std::move(part)};
}

/// The words themselves, folded, and their parts of three and more letters or digits: a name inside an address is a word too.
std::vector<std::string> words_of(std::span<std::string const> context)
{
    constexpr std::size_t part_bytes_min = 3;
    constexpr std::size_t words_max = 32;
    std::vector<std::string> words;
    auto const add = [&](std::string word) {
        if (word.size() >= part_bytes_min && words.size() < words_max && std::find(words.begin(), words.end(), word) == words.end())
            words.push_back(std::move(word));
    };
    for (auto const& each : context) {
        auto const folded = ascii_lower(std::string_view(each).substr(0, zxcvbn_judge::judged_bytes_max));
        add(folded);
        std::string part;
        for (char const c : folded) {
            bool const inside = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
            if (inside) part += c;
            if (!inside) add(std::exchange(part, {}));
        }
        add(std::move(part));
    }
    return words;
}

/// zxcvbn's own steps: 10^3, 10^6, 10^8 and 10^10 guesses. @param bits  logarithm to base 2 of the guesses.
int score_of(double bits) noexcept
{
    constexpr std::array steps{9.965784, 19.931569, 26.575425, 33.219281};
    return static_cast<int>(std::count_if(steps.begin(), steps.end(), [&](double step) { return bits >= step; }));
}

}  // namespace

zxcvbn_judge::zxcvbn_judge()
{
    for (auto const each : common_passwords()) listed_.push_back(mark_of(each));
    sort();
}

outcome<zxcvbn_judge> zxcvbn_judge::with_list(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) return error{errc::unavailable, "password_list.open", path};
    zxcvbn_judge judge;
    for (std::string line; std::getline(file, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (!line.empty()) judge.listed_.push_back(mark_of(ascii_lower(line)));
    }
    if (file.bad()) return error{errc::unavailable, "password_list.read", path};
    judge.sort();
    return judge;
}

void zxcvbn_judge::sort()
{
    std::sort(listed_.begin(), listed_.end());
    listed_.erase(std::unique(listed_.begin(), listed_.end()), listed_.end());
}

bool zxcvbn_judge::is_listed(std::string_view folded) const noexcept { return std::binary_search(listed_.begin(), listed_.end(), mark_of(folded)); }

identity::password_estimate zxcvbn_judge::estimate(secret const& password, std::span<std::string const> context) const
{
    auto const words = words_of(context);
    std::vector<char const*> pointers;
    for (auto const& each : words) pointers.push_back(each.c_str());
    pointers.push_back(nullptr);

    secret const folded{ascii_lower(password.reveal())};
    auto const part = judged_part(password);
    identity::password_estimate found;
    found.score = score_of(ZxcvbnMatch(part.reveal().data(), pointers.data(), nullptr));
    found.block_listed = is_listed(folded.reveal()) || std::find(words.begin(), words.end(), folded.reveal()) != words.end();
    return found;
}

}  // namespace mb::openssl
