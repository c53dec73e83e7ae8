// What an app does with a scanned picture: totp.mjs OTPAUTH-URI EPOCH-SECONDS prints the code of that second.
import { parse } from "@otplib/uri";
import { generate } from "otplib";

const [uri, epoch] = process.argv.slice(2);
const { type, params } = parse(uri);
if (type !== "totp") throw new Error(`not a TOTP key: ${type}`);
const { secret, algorithm, digits, period } = params;
console.log(await generate({ secret, algorithm, digits, period, epoch: Number(epoch) }));
