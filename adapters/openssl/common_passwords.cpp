#include "adapters/openssl/common_passwords.hpp"

#include <array>

namespace mb::openssl {
namespace {

constexpr auto passwords = std::to_array<std::string_view>(
    {"123456",     "password",     "12345678",    "qwerty",       "123456789",      "12345",       "1234",          "111111",        "1234567",
     "dragon",     "123123",       "baseball",    "abc123",       "football",       "monkey",      "letmein",       "696969",        "shadow",
     "master",     "666666",       "qwertyuiop",  "123321",       "mustang",        "1234567890",  "michael",       "654321",        "superman",
     "1qaz2wsx",   "7777777",      "121212",      "000000",       "qazwsx",         "123qwe",      "killer",        "trustno1",      "jordan",
     "jennifer",   "zxcvbnm",      "asdfgh",      "hunter",       "buster",         "soccer",      "harley",        "batman",        "andrew",
     "tigger",     "sunshine",     "iloveyou",    "charlie",      "robert",         "thomas",      "hockey",        "ranger",        "daniel",
     "starwars",   "klaster",      "112233",      "george",       "computer",       "michelle",    "jessica",       "pepper",        "1111",
     "zxcvbn",     "555555",       "11111111",    "131313",       "freedom",        "777777",      "pass",          "maggie",        "159753",
     "aaaaaa",     "ginger",       "princess",    "joshua",       "cheese",         "amanda",      "summer",        "love",          "ashley",
     "nicole",     "chelsea",      "matthew",     "access",       "yankees",        "987654321",   "dallas",        "austin",        "thunder",
     "taylor",     "matrix",       "welcome",     "welcome1",     "welcome123",     "admin",       "admin123",      "administrator", "administrador",
     "root",       "toor",         "guest",       "test",         "test123",        "testtest",    "user",          "changeme",      "changeit",
     "default",    "secret",       "secret123",   "letmein1",     "letmein123",     "password1",   "password12",    "password123",   "password1234",
     "passw0rd",   "p@ssw0rd",     "p@ssword",    "pa$$word",     "pa$$w0rd",       "password!",   "password1!",    "password123!",  "passw0rd!",
     "p@ssw0rd!",  "p@ssw0rd1",    "qwerty1",     "qwerty12",     "qwerty123",      "qwerty1234",  "qwerty12345",   "1q2w3e",        "1q2w3e4r",
     "1q2w3e4r5t", "1q2w3e4r5t6y", "q1w2e3r4",    "q1w2e3r4t5",   "zaq12wsx",       "zaq1zaq1",    "qwe123",        "asd123",        "asdasd",
     "asdfasdf",   "asdfghjkl",    "asdf1234",    "qwer1234",     "1234qwer",       "abcd1234",    "abc12345",      "abcdef",        "abcdefgh",
     "abcdefg1",   "a1b2c3d4",     "aa123456",    "a123456",      "a12345678",      "123456a",     "123456789a",    "1234567a",      "12345678a",
     "88888888",   "87654321",     "99999999",    "00000000",     "22222222",       "55555555",    "66666666",      "77777777",      "12341234",
     "12344321",   "11223344",     "123123123",   "123456123",    "147258369",      "159357",      "741852963",     "789456123",     "963852741",
     "0123456789", "9876543210",   "102030",      "10203040",     "01234567",       "12345678910", "1234554321",    "123454321",     "121212121",
     "iloveyou1",  "ilovegod",     "lovely",      "monkey123",    "dragon123",      "football1",   "baseball1",     "superman1",     "batman123",
     "sunshine1",  "princess1",    "shadow123",   "master123",    "michael1",       "jordan23",    "liverpool",     "arsenal",       "chelsea1",
     "barcelona",  "realmadrid",   "realmadrid1", "contraseña",   "contrasena",     "contrasena1", "contrasena123", "contraseña123", "clave",
     "clave123",   "claves",       "secreto",     "hola",         "hola123",        "hola1234",    "holahola",      "tequiero",      "teamo",
     "teamo123",   "teamomucho",   "miamor",      "amorcito",     "mivida",         "estrella",    "princesa",      "mariposa",      "america",
     "argentina",  "mexico",       "espana",      "españa",       "colombia",       "venezuela",   "chile1234",     "cambiame",      "prueba",
     "prueba123",  "usuario",      "usuario1",    "bienvenido",   "bienvenida",     "invitado",    "sistema",       "servidor",      "corazon",
     "alejandro",  "alejandra",    "carlos",      "fernando",     "jesucristo",     "diosesamor",  "google",        "facebook",      "linkedin",
     "samsung",    "pokemon",      "naruto",      "minecraft",    "fortnite",       "whatever",    "trustno1!",     "starwars1",     "computer1",
     "internet",   "internet1",    "blink182",    "winter2024",   "summer2024",     "spring2024",  "winter2025",    "summer2025",    "spring2025",
     "winter2026", "summer2026",   "metabuilder", "metabuilder1", "metabuilder123", "metabuilder!"});

}  // namespace

std::span<std::string_view const> common_passwords() noexcept { return passwords; }

}  // namespace mb::openssl
