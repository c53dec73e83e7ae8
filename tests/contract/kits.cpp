#include "tests/contract/kits.hpp"

#include "adapters/openssl/openssl_digester.hpp"
#include "adapters/openssl/openssl_sealer.hpp"
#include "adapters/openssl/openssl_token_codec.hpp"
#include "adapters/openssl/password_hashers.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "adapters/re2/re2_pattern_compiler.hpp"
#include "tests/fakes/literal_patterns.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace mb::contract {
namespace {

class fake_kit final : public kit {
public:
    char const* name() const override { return "fakes"; }
    std::unique_ptr<ports::digester> make_digester(key_choice which) override { return std::make_unique<fakes::plain_digester>(key(which)); }
    std::unique_ptr<ports::sealer> make_sealer(key_choice which) override { return std::make_unique<fakes::plain_sealer>(key(which)); }
    std::unique_ptr<ports::password_hasher> make_hasher(cost_choice cost) override
    {
        return std::make_unique<fakes::quick_hasher>(cost == cost_choice::cheap ? 1 : 2);
    }
    std::unique_ptr<ports::token_codec> make_codec() override { return std::make_unique<fakes::plain_token_codec>(); }
    std::unique_ptr<ports::randomness> make_randomness() override { return std::make_unique<fakes::counting_randomness>(); }
    std::unique_ptr<ports::pattern_compiler> make_patterns() override { return std::make_unique<fakes::literal_patterns>(); }

private:
    static std::string key(key_choice which) { return which == key_choice::one ? "one" : "other"; }
};

class real_kit final : public kit {
public:
    char const* name() const override { return "openssl and re2"; }
    std::unique_ptr<ports::digester> make_digester(key_choice which) override { return std::make_unique<openssl::openssl_digester>(key(which)); }
    std::unique_ptr<ports::sealer> make_sealer(key_choice which) override
    {
        return std::make_unique<openssl::openssl_sealer>(key(which), std::span<openssl::master_key const>{}, random_);
    }
    std::unique_ptr<ports::password_hasher> make_hasher(cost_choice cost) override
    {
        std::vector<openssl::pepper> peppers;
        peppers.push_back({"p1", secret{std::string(32, 'p')}});
        openssl::password_cost wanted;
        wanted.bcrypt = openssl::password_hashers::bcrypt_cost_min + (cost == cost_choice::cheap ? 0 : 1);
        return std::make_unique<openssl::password_hashers>(std::move(peppers), wanted, random_);
    }
    std::unique_ptr<ports::token_codec> make_codec() override { return std::make_unique<openssl::openssl_token_codec>("issuer", "audience"); }
    std::unique_ptr<ports::randomness> make_randomness() override { return std::make_unique<openssl::system_randomness>(); }
    std::unique_ptr<ports::pattern_compiler> make_patterns() override { return std::make_unique<re2::re2_pattern_compiler>(); }

private:
    static openssl::master_key key(key_choice which)
    {
        std::string material;
        for (int byte = 0; byte < 32; ++byte) material += static_cast<char>(byte * 7 + (which == key_choice::one ? 1 : 2));
        return openssl::master_key::make(secret{std::move(material)}).value();
    }

    openssl::system_randomness random_;
};

template <class Kit>
std::unique_ptr<kit> make()
{
    return std::make_unique<Kit>();
}

constexpr std::array<make_kit, 2> all{make<fake_kit>, make<real_kit>};

}  // namespace

std::span<make_kit const> kits() { return all; }

}  // namespace mb::contract
