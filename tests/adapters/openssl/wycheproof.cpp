#include "tests/adapters/openssl/wycheproof.hpp"

#include "adapters/openssl/mac.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <charconv>

using namespace mb;

// Cases of project Wycheproof (hmac_sha1_test.json and hmac_sha256_test.json, version 0.9), restated by their numbers.
namespace {

struct vector {
    int number;
    std::string_view key;
    std::string_view message;
    std::string_view tag;
};

std::string bytes(std::string_view hexadecimal)
{
    std::string made;
    for (std::size_t i = 0; i < hexadecimal.size(); i += 2) {
        unsigned value = 0;
        auto const* const at = hexadecimal.data() + i;
        REQUIRE(std::from_chars(at, at + 2, value, 16).ptr == at + 2);
        made += static_cast<char>(value);
    }
    return made;
}

vector const sha1_vectors[] = {
    {1, "06c0dcdc16ff81dce92807fa2c82b44d28ac178a", "", "7d91d1b4748077b28911b4509762b6df24365810"},
    {2, "4cd64efdb76df5a85dce3d347012cad06b0c3db4", "6c", "6d3d37af55c75d872d2da07b9b907ba22ad487d4"},
    {3, "52e1995025297fe7b793dc8e1e4f7d312fee2700", "29df", "82cb24bfa38fbdc91d1eea2d2dc1ce6e60ff881e"},
    {4, "f3edfa003d89c4e2a6422e77a01b8adbd7ac26e4", "b015b7", "cb244ca6ad233947378436076fbfd20c9c8b842b"},
    {5, "4b07ed4e0c8ddaa1f76cf0010728679c8857e18b", "3b2c1afe", "924125532e6b625e7c5a8dcd1614e04334c067cd"},
    {6, "7f532c8ec83cb21dc98af7734c64f5fd9167ec30", "a33c6f9826", "0d25bc40f60fbed36d8d7a1045ffa60d88484d56"},
    {7, "99e60c1fc0cb3e6ed836619775e37bf15b2cb93f", "b129bb88ceaa", "6924d833a3e74b48f991e6c44173565fdf8c7470"},
    {8, "53845f10344b7f39eddbd3e44231fa802d7e1aca", "c6f5b1cee31033", "fd4b28273d3ee8cc24de2d8dad23ad4f355240c7"},
    {9, "e3220700ce24a010cf623f60891e4f298ff26b11", "c97afb5063a9dd0d", "383b103ce9054cb74a0431d16da99d8233e94fc2"},
    {10, "466c061ddcf3d9b285a2900f8725971b733f850f", "89024ceda7de3c114e", "1b81f1127635233383b6ea5ba8fd68eb5112ef0a"},
    {16, "7d5cc53f464e759438ee90b47f2fe67aa83d6b52", "9f38ea80122b40f742a00c2e83e085", "c80ce6d33fe868432c262766fd23bf431e313882"},
    {17, "33e9140175519b2f1619b44848331763c756fad4", "7de0fccc83b51c29e5eb1b658c102438", "34de6b8f479523870b8f905684672617669b0607"},
    {18, "0ef29e7c961da37afaea8182f28738d22c340232", "165bb8e5c6f0a3ae40946dc807aee84645", "78e6fa53ec213e9019d47ee7529d963a8a252942"},
    {19, "203cfad921e605c80d7aa8b64d3bf18328b7a7a0", "d289c7cd10d996d5daca1410c37815b237f74929588c5ae4", "27d96da41895bf53d150ac15e7c31853f56ae363"},
    {20, "8eb7416efd0c73c86b91df0d58891fdb738f40df", "b415cb7cd384a1035d2bac1f7b96ae858dfd44c467030f304e817d11b9f9c606",
     "24cb16323b7ec47e3add8f55cb9920aa7c1655de"},
    {21, "6fbb3c55e935e0a002c170a9122f1f7037bc0c59", "36ac9a8cf0223ccf5d9048be9a65df4a1f40aaa857ce13d621f601bdee1fbe803171002d1fa634a1977dc23d9aa8fd",
     "e2fe8b343cef4b9754308408930526159537ecc8"},
    {22, "e40f6206105f7800a1f190602bb6dde8057c3a87",
     "10463b771fa586c5ed5c1f6488d793299db40fdd4f3e53334ae3ff8e09e5a879da06eb46d210ee0af0c8251e6c07aa1d", "b5dfce5998d2e321800e0e42762e62ec7a81448f"},
    {23, "f04cc641ff67aba4ac2d17e6a042b6ccf86ae1d2",
     "73c179acc26ffd0710b6cb3f73570702c9c059bf685614bb0ba7973ab875ff882d9aeecea4ef452c8893224472cfa5b61c",
     "b7d1e63fae54638082a9cb58c69fac9efcbee174"},
};

vector const sha256_vectors[] = {
    {1, "1e225cafb90339bba1b24076d4206c3e79c355805d851682bc818baa4f5a7779", "", "b175b57d89ea6cb606fb3363f2538abd73a4c00b4a1386905bac809004cf1933"},
    {2, "8159fd15133cd964c9a6964c94f0ea269a806fd9f43f0da58b6cd1b33d189b2a", "77", "dfc5105d5eecf7ae7b8b8de3930e7659e84c4172f2555142f1e568fc1872ad93"},
    {3, "85a7cbaae825bb82c9b6f6c5c2af5ac03d1f6daa63d2a93c189948ec41b9ded9", "a59b",
     "0fe2f13bba2198f6dda1a084be928e304e9cb16a56bc0b7b939a073280244373"},
    {4, "48f3029334e55cfbd574ccc765fb2c3685aab1f4837d23370874a3e634c3a76d", "c7b8b2",
     "6c13f79bb2d5b6f9a315fe8fd6cbb5cb817a660687009deccd88c377429e596d"},
    {5, "de8b5b5b2f09645be47ecb6407a4e1d9c6b33ae3c2d22517d3357da0357a3139", "cc021d65",
     "e87538eb167e62d7cb236690ff3f034a9c12d417aa8dfa694d7405f9e1f85fe8"},
    {6, "b7938910f518f13205ca1492c669001a14ff913c8ab4a0dc3564e7418e91297c", "a4a6ef6ebd",
     "01a93f4ed216d0b280896301e366aa67b25e6b6a5a6e84f291a13391c6e496c5"},
    {7, "1bb997ff4de8a5a391de5c08a33bc2c7c2891e47ad5b9c63110192f78b98fe78", "667e015df7fc",
     "06b5d8c5392323a802bc5cdd0b3c527454a873d9651c368836eaa4ad982ba546"},
    {8, "32fdeda39f98b4f4426c2d2ac00ab5dd4bfabb68f311447256ed6d3d3a51b154", "4163a9f77e41f5",
     "1b0103729f48c2772bb132aef9ebd6dd6aafc9145df6d5c514b233ee92ef4a00"},
    {9, "233e4fdee70bcc20235b6977ddfc05b0df66f5635d827c66e5a63cdb16a24938", "fdb2ee4b6d1a0ac2",
     "120b26ee1355c134c262513c7922deb6c4fd90303de4cd61b9f9cd08f22d6e18"},
    {10, "b984c6734e0bd12b1737b2fc7a1b3803b4dfec402140a57b9eccc35414ae661b", "dea584d0e2a14ad5fd",
     "88bc2282e5fce47ec6d9895395cd47fff91a0cdc589a8fd56d8d344616533a3d"},
    {16, "9f3fd61a105202648ecff6074c95e502c1c51acd32ec538a5cce89ef841f7989", "2a76f2acdace42e3b779724946912c",
     "0226ee13cc05e2340135b3f4b27a9da1a160f6170fe805dadd98a3711ec9c421"},
    {17, "6fa353868c82e5deeedac7f09471a61bf749ab5498239e947e012eee3c82d7c4", "aeed3e4d4cb9bbb60d482e98c126c0f5",
     "9ed7f0e73812a27a87a3808ee0c89a6456499e835974ba57c5aab2a0d8c69e93"},
    {18, "5300489494ca86221c91d6d953952ae1a5e097139dc9cf1179c2f56433753824", "90fea6cf2bd811b449f333ee9233e57697",
     "5b692cba13b54fffc3adcbb0e015cc011fbfd61235303ff0ad2a49775083bf22"},
    {19, "383e7c5c13476a62268423ef0500479f9e86e236c5a081c6449189e6afdf2af5", "3202705af89f9555c540b0e1276911d01971abb2c35c78b2",
     "4e4901592ba46476408d758435c7d1b489d2689afd84ceaaee78bfb91fd9391d"},
    {20, "186e248ad824e1eb93329a7fdcd565b6cb4eaf3f85b90b910777128d8c538d27", "92ef9ff52f46eccc7e38b9ee19fd2de3b37726c8e6ce9e1b96db5dda4c317902",
     "3fc1d73dd4a8858c1fc3d8c4a3f33ed5ad0c70210038394a5902cb26fe287348"},
    {21, "28855c7efc8532d92567300933cc1ca2d0586f55dcc9f054fcca2f05254fbf7f",
     "9c09207ff0e6e582cb3747dca954c94d45c05e93f1e6f21179cf0e25b4cede74b5479d32f5166935c86f0441905865",
     "788c0589000fb7f0b5d51f1596472bc9ec413421a43df96ee32b02b5d275ffe3"},
    {22, "8e540cb30c94836ae2a5950f355d482a7002e255207e94fda3f7ef1a099013a0",
     "d6500f95e11262e308bf3df4df4b855f33e857563d4543f195639a0a17b442eb9fdcc1367d2eee75c8f805730b89290f",
     "39697e70ce741feb33dedc069f00b5627fd9b837d10cbdd5b6d19cfbd511dd2c"},
    {23, "69c50d5274358188cff4c0fae742243d4e8a5e5ba55d94ff40edd90f6a43dd10",
     "1ac5255aff052828d8ea21b376f1ebdd4bb879949913900405aebce83e48feb6813b5e9c89f94501a8ade41b26b815c521",
     "4b0b4d0416fa2e11586fbfa7fb11261e69991dfa34019b9893d69a2be8c1fc80"},
    {163, "a349ac0a9f9f74e48e099cc3dbf9a9c9", "", "3a8437b877b75cc08a4d8d7559a8fc6869a58c713da63d1d4b350d59b597e30c"},
    {164, "ac686ba0f1a51b4ec4f0b30492b7f556", "2fa43a14ae500507deb95ab5bd32b0fe", "008532a53d0c0ab22027ae249023375374e2239b959609e8339b05a15742a675"},
    {165, "73ef9ef1a4225e51e3c1db3ace1fa24f", "ffad380d9aabb0acede5c1bf112925cdfc3d379fc2376a4fe2644490d0430ac3",
     "9c7cb9f7c207ec46d1e3c55764731c4ab5ddbae4e1401e52a895df0cff4787c9"},
    {169, "8a0c46eb8a2959e39865330079763341e7439dab149694ee57e0d61ec73d947e1d5301cd974e18a5e0d1cf0d2c37e8aadd9fd589d57ef32e47024a99bc3f70c077", "",
     "f5bfb940561fb4db73ebba49bf2e4893bb0cca618a71b7ecf6aca38231e167ea"},
    {170, "2877ebb81f80334fd00516337446c5cf5ad4a3a2e197269e5b0ad1889dfe2b4b0aaa676fac55b36ce3affc7f1092ab89c53273a837bd5bc94d1a9d9e5b02e9856f",
     "ba448db88f154f775028fdecf9e6752d", "1690ed4180642899e0deb9ec2270374e8b0a484217f5a682c524316eca219b64"},
    {171, "21178e26bc28ffc27c06f762ba190a627075856d7ca6feab79ac63149b17126e34fd9e5590e0e90aac801df09505d8af2dd0a2703b352c573ac9d2cb063927f2af",
     "7d5f1d6b993452b1b53a4375760d10a20d46a0ab9ec3943fc4b07a2ce735e731", "e542ac8ac8f364bae4b7da8b7a0777df350f001de4e8cfa2d9ef0b15019496ec"},
};

}  // namespace

TEST_CASE("HMAC-SHA-1 gives the tags of Wycheproof")
{
    for (auto const& each : sha1_vectors) {
        INFO(each.number);
        CHECK(hex(openssl::hmac(identity::code_hash::sha1, bytes(each.key), bytes(each.message)).reveal()) == each.tag);
    }
}

TEST_CASE("HMAC-SHA-256 gives the tags of Wycheproof, by each of its ways")
{
    for (auto const& each : sha256_vectors) {
        INFO(each.number);
        auto const key = bytes(each.key);
        auto const message = bytes(each.message);
        CHECK(hex(openssl::bytes_of(openssl::hmac_sha256(key, message))) == each.tag);
        CHECK(hex(openssl::bytes_of(openssl::kept_mac(key, "", "", message))) == each.tag);
        CHECK(hex(openssl::hmac(identity::code_hash::sha256, key, message).reveal()) == each.tag);
    }
}

TEST_CASE("a tag is compared whole: none of Wycheproof's modified ones passes for the right one")
{
    std::string key;
    for (int i = 0; i < 32; ++i) key += static_cast<char>(i);
    for (auto const& message : {std::string{}, key.substr(0, 16)}) {  // cases 28 to 95
        auto const made = openssl::hmac_sha256(key, message);
        std::string const tag(openssl::bytes_of(made));
        CHECK(same_bytes(tag, openssl::bytes_of(made)));
        CHECK(tag.substr(0, 2) == (message.empty() ? "\xd3\x8b" : "\xd8\xb9"));
        for (auto const& each : wycheproof::modified(tag)) CHECK_FALSE(same_bytes(each, tag));
    }
}
