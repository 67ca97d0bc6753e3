From mathcomp Require Import all_ssreflect ssralg ssrint ssrnum interval ring.
From mathcomp.classical Require Import boolp classical_sets functions mathcomp_extra.
From mathcomp.analysis Require Import reals constructive_ereal ereal signed topology normedtype landau sequences derive realfun exp.
From xent Require Import base likelihood extended says.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Def Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

(** identities: each theorem is called by the claim and the relation of the book that it states; says.v has what is made from these *)
Section Tied.
Variable R : realType.

(** sums over labels, and over one class *)
Lemma sum_delta (K : finType) (l : K) (f : K -> R) : \sum_k f k * (k == l)%:R = f l.
Proof. by rewrite (bigD1 l)//= eqxx mulr1 big1 ?addr0// => k /negbTE ->; rewrite mulr0. Qed.

Lemma sum_delta' (K : finType) (l : K) (f : K -> R) : \sum_k f k * (l == k)%:R = f l.
Proof. by rewrite -[RHS]sum_delta; apply: eq_bigr => k _; rewrite eq_sym. Qed.

Lemma sum_labels (K N : finType) (y : N -> K) (f : K -> R) :
  \sum_k (\sum_i (k == y i)%:R) * f k = \sum_i f (y i).
Proof.
under eq_bigr do rewrite mulr_suml; rewrite exchange_big/=; apply: eq_bigr => i _.
by under eq_bigr do rewrite mulrC; rewrite sum_delta.
Qed.

Lemma divided (K : finType) (n : R) (f g : K -> R) : n != 0 -> n * (\sum_k f k * g k / n) = \sum_k f k * g k.
Proof. by move=> n0; rewrite mulr_sumr; apply: eq_bigr => k _; rewrite mulrC divfK. Qed.

Lemma card_neq0 (K : finType) : (0 < #|K|)%N -> #|K|%:R != 0 :> R.
Proof. by rewrite pnatr_eq0 -lt0n. Qed.

Theorem type_identity_product : says_type_identity_product R.
Proof.
move=> K N y q _ N0 q0 _; rewrite divided ?card_neq0// sum_labels expR_sum.
by apply: eq_bigr => i _; rewrite lnK ?posrE.
Qed.

Theorem grouping_input : says_grouping_input R.
Proof. by move=> K N y q _ N0 q0 _; rewrite divided ?card_neq0 ?(ltnW N0)// sum_labels. Qed.

Theorem nll_is_n_cross_entropies_plain : says_nll_is_n_cross_entropies_plain R.
Proof. by move=> K N y q _ N0 q0 _; rewrite divided ?card_neq0 ?(ltnW N0)// sum_labels. Qed.

Lemma prod_fact_gt0 (K : finType) (c : K -> nat) : 0 < \prod_(k : K) ((c k)`!)%:R :> R.
Proof. by apply: prodr_gt0 => k _; rewrite ltr0n fact_gt0. Qed.

Lemma ln_counted (K : finType) (c : K -> nat) (n : nat) (q : K -> R) : (forall k, 0 < q k) ->
  ln ((n`!)%:R * (\prod_(k : K) (q k) ^+ (c k)) / (\prod_(k : K) ((c k)`!)%:R))
  = ln ((n`!)%:R) + \sum_(k : K) (c k)%:R * ln (q k) - \sum_(k : K) ln (((c k)`!)%:R).
Proof.
move=> q0; have n0 : 0 < (n`!)%:R :> R by rewrite ltr0n fact_gt0.
have p0 : 0 < \prod_(k : K) (q k) ^+ (c k) by apply: prodr_gt0 => k _; rewrite exprn_gt0.
rewrite ln_div ?posrE ?prod_fact_gt0 ?mulr_gt0// lnM ?posrE// ln_prod => [|k _]; last by rewrite exprn_gt0.
rewrite ln_prod => [|k _]; last by rewrite ltr0n fact_gt0.
by congr (_ + _ - _); apply: eq_bigr => k _; rewrite lnX ?mulr_natl.
Qed.

Theorem multinomial_loss : says_multinomial_loss R.
Proof.
move=> K c n q _ n0 _ q0 _; rewrite ln_counted// divided ?pnatr_eq0 -?lt0n//; ring.
Qed.

Theorem ordered_and_counted_price : says_ordered_and_counted_price R.
Proof.
move=> m c n s q _ c0 n0 _ _ _ q0 _; rewrite ln_counted//.
have nn : 0 < n%:R :> R by rewrite ltr0n.
have cc k : 0 < (c k)%:R :> R by rewrite ltr0n.
rewrite ln_div ?posrE ?prod_fact_gt0// ?ltr0n ?fact_gt0// ln_prod => [|k _]; last by rewrite ltr0n fact_gt0.
have -> : \sum_k (c k)%:R * ln ((c k)%:R / n%:R / q k) / n%:R
    = \sum_k (c k)%:R * ln ((c k)%:R / n%:R) / n%:R - (\sum_k (c k)%:R * ln (q k)) / n%:R.
  rewrite mulr_suml -sumrB; apply: eq_bigr => k _.
  by rewrite ln_div ?posrE ?divr_gt0// mulrBr mulrBl.
rewrite addKr -opprD -mulrDl; congr (- (_ / _)); by rewrite addrA [in RHS](addrC (\sum_k _)).
Qed.

Theorem cross_entropies_add_up_two : says_cross_entropies_add_up_two R.
Proof.
move=> K L P a b _ _ _ a0 _ b0 _.
rewrite -opprD; congr (- _); under [X in X + _]eq_bigr do rewrite mulr_suml.
under [X in _ + X]eq_bigr do rewrite mulr_suml.
rewrite [X in _ + X]exchange_big/= -big_split/=; apply: eq_bigr => k _.
by rewrite -big_split/=; apply: eq_bigr => l _; rewrite lnM ?posrE// mulrDr.
Qed.

Theorem nll_is_a_double_sum_soft : says_nll_is_a_double_sum_soft R.
Proof. by move=> K N y q _ _ _ q0 _; rewrite log_of_product// sumrN. Qed.

Theorem replicated_rows_rows : says_replicated_rows_rows R.
Proof.
move=> K N m c q _ _ m0 _ q0 _; rewrite log_of_product// -sumrN mulr_sumr; apply: eq_bigr => i _.
by rewrite mulrN divided ?pnatr_eq0 -?lt0n.
Qed.

Lemma mixed (K N : finType) (w : N -> R) (p : N -> K -> R) (f : K -> R) :
  \sum_i - (w i * (\sum_k p i k * f k)) = - (\sum_k (\sum_i p i k * w i) * f k).
Proof.
rewrite sumrN; congr (- _); under [RHS]eq_bigr do rewrite mulr_suml.
rewrite [RHS]exchange_big/=; apply: eq_bigr => i _; rewrite mulr_sumr.
by apply: eq_bigr => k _; rewrite mulrA [w i * _]mulrC.
Qed.

Theorem compensation_cross : says_compensation_cross R.
Proof. by move=> K N w p q *; exact: mixed. Qed.
Theorem floor_of_vote_shares_paid : says_floor_of_vote_shares_paid R.
Proof. by move=> K N w p q *; exact: mixed. Qed.
Theorem mean_label_mean : says_mean_label_mean R.
Proof. by move=> m N s q w P *; exact: mixed. Qed.

Theorem mean_label_least : says_mean_label_least R.
Proof. by move=> K p q sp sq; have [] := least_value sp sq. Qed.
Theorem noisy_channel_least : says_noisy_channel_least R.
Proof. exact: mean_label_least. Qed.

Theorem noisy_channel_reading : says_noisy_channel_reading R.
Proof. by move=> K j q T *; apply: eq_bigr => l _; rewrite sum_delta mulrC. Qed.
Theorem virtual_evidence_likelihood : says_virtual_evidence_likelihood R.
Proof. by move=> K q a *; apply: eq_bigr => l _; rewrite sum_delta mulrC. Qed.

Theorem bayes_rule_total : says_bayes_rule_total R.
Proof.
move=> K L P i /card_gt0P[k0 _] _ P0; rewrite -mulr_suml divff// gt_eqF//.
by rewrite (bigD1 k0)//= ltr_paddr// sumr_ge0// => k _; rewrite ltW.
Qed.

Lemma sum_gt0 (K : finType) (f : K -> R) : (0 < #|K|)%N -> (forall k, 0 < f k) -> 0 < \sum_(k : K) f k.
Proof.
by move=> /card_gt0P[k _] f0; rewrite (bigD1 k)//= ltr_paddr// sumr_ge0// => l _; rewrite ltW.
Qed.

Theorem bayes_rule_rule : says_bayes_rule_rule R.
Proof.
move=> K L P j i K0 L0 P0; rewrite !ln_div ?posrE ?sum_gt0//; ring.
Qed.

Theorem categorical_pmf_one : says_categorical_pmf_one R.
Proof. by move=> K y q *; rewrite sum_delta. Qed.
Theorem categorical_pmf_total : says_categorical_pmf_total R.
Proof. by move=> K q _ _ q1; rewrite -[RHS]q1; apply: eq_bigr => l _; rewrite sum_delta. Qed.
Theorem categorical_pmf_mean : says_categorical_pmf_mean R.
Proof.
by move=> K j q *; under eq_bigr do rewrite sum_delta mulrC; rewrite sum_delta'.
Qed.

(** softmax *)
Theorem softmax_bijection_shift : says_softmax_bijection_shift R.
Proof.
move=> K z m j K0; under eq_bigr do rewrite expRD; rewrite -mulr_sumr expRD -mulf_div divff ?mul1r//.
by rewrite gt_eqF ?expR_gt0.
Qed.
Theorem softmax_bijection_inverse : says_softmax_bijection_inverse R.
Proof. by move=> K q j _ q0 q1; under eq_bigr do rewrite lnK ?posrE//; rewrite q1 divr1. Qed.

Lemma ln_softmax_at (K : finType) (z : K -> R) j : (0 < #|K|)%N ->
  ln (expR (z j) / (\sum_(k : K) expR (z k))) = z j - ln (\sum_(k : K) expR (z k)).
Proof. by move=> K0; rewrite ln_div ?posrE ?expR_gt0 ?sum_gt0 ?expK// => k; rewrite expR_gt0. Qed.

Theorem softmax_bijection_difference : says_softmax_bijection_difference R.
Proof. by move=> K z j l K0; rewrite !ln_softmax_at//; ring. Qed.
Theorem softmax_bijection_lse : says_softmax_bijection_lse R.
Proof.
move=> K z m K0; under eq_bigr do rewrite expRD; rewrite -mulr_sumr lnM ?posrE ?expR_gt0 ?sum_gt0//.
  by rewrite expK addrA subrr add0r.
by move=> k; rewrite expR_gt0.
Qed.
Theorem exponential_family_form : says_exponential_family_form R.
Proof. by move=> K z j K0; rewrite ln_softmax_at// sum_delta' addrC. Qed.
End Tied.
