/** The shapes of the API under the names the product uses; all of them come from OpenAPI. */
import type { components } from './schema.gen.ts';

type Schemas = components['schemas'];

export type Session = Schemas['SessionOut'];
export type Project = Schemas['ProjectOut'];
export type Asset = Schemas['AssetOut'];
export type NewAsset = Schemas['AssetIn'];
export type AssetChange = Schemas['AssetPatch'];
export type ScriptCheck = Schemas['CheckOut'];
export type Voice = Schemas['VoiceOut'];
export type Delivery = Schemas['DeliveryOut'];
export type Limits = Schemas['LimitsOut'];
export type LimitsChange = Schemas['LimitsPatch'];
export type Generation = Schemas['GenerationOut'];
export type GenerationPage = Schemas['Page_GenerationOut_'];
export type Role = Schemas['Role'];
export type Member = Schemas['MemberOut'];
export type Invitation = Schemas['InvitationOut'];
export type Invited = Schemas['InvitedOut'];
export type InvitationLook = Schemas['LookOut'];
export type Acceptance = Omit<Schemas['AcceptIn'], 'token'>;
export type Account = Schemas['AccountOut'];
export type AccountChange = Schemas['PersonPatch'];
export type Status = Schemas['Status'];
export type Version = Schemas['VersionOut'];
export type GenerationRequest = Omit<Schemas['GenerationIn'], 'text' | 'script_id'>;
export type ApiKey = Schemas['KeyOut'];
export type NewApiKey = Schemas['KeyIn'];
export type MadeApiKey = Schemas['NewKeyOut'];
export type Scope = Schemas['Scope'];
export type May = Schemas['MayOut'];
export type AuditEvent = Schemas['EventOut'];
export type WholeEvent = Schemas['EventWhole'];
export type Verdict = Schemas['VerdictOut'];
