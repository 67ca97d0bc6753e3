From mathcomp Require Import all_ssreflect ssralg ssrint ssrnum interval ring.
From mathcomp.classical Require Import boolp classical_sets functions mathcomp_extra.
From mathcomp.analysis Require Import reals constructive_ereal ereal signed topology normedtype landau sequences derive realfun exp.
From xent Require Import base covariance says identities.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Def Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

(** bounds and squares: each theorem is called by the claim and the relation of the book that it states; says.v has what is made from these *)
Section Tied.
Variable R : realType.

(** bounds by ln x <= x - 1 *)
Lemma ln_le (x : R) : 0 < x -> ln x <= x - 1.
Proof. by move=> /ln_le_subr1 []. Qed.

Lemma log_ratio (m : finType) (a b : m -> R) : (forall k, 0 < a k) -> (forall k, 0 < b k) ->
  \sum_k a k * ln (b k) - \sum_k a k * ln (a k) <= \sum_k b k - \sum_k a k.
Proof.
move=> a0 b0; rewrite -!sumrB; apply: ler_sum => k _; rewrite -mulrBr -ln_div ?posrE//.
apply: le_trans (_ : a k * (b k / a k - 1) <= _); first by rewrite ler_pmul2l// ln_le ?divr_gt0.
by rewrite mulrBr mulr1 mulrC divfK ?gt_eqF.
Qed.

Lemma jensen (m : finType) (p q : m -> R) : (0 < #|m|)%N -> (forall k, 0 < p k) -> \sum_k p k = 1 ->
  (forall k, 0 < q k) -> \sum_k p k * ln (q k) <= ln (\sum_k p k * q k).
Proof.
move=> m0 p0 p1 q0; set S := \sum_k _ * q _.
have S0 : 0 < S by apply: sum_gt0 => // k; rewrite mulr_gt0.
rewrite -subr_le0 -[ln S]mul1r -p1 mulr_suml -sumrB.
apply: le_trans (_ : \sum_k (p k * q k / S - p k) <= 0).
  apply: ler_sum => k _; rewrite -mulrBr -ln_div ?posrE//.
  apply: le_trans (_ : p k * (q k / S - 1) <= _); first by rewrite ler_pmul2l// ln_le ?divr_gt0.
  by rewrite mulrBr mulr1 mulrA.
by rewrite sumrB -mulr_suml divff ?gt_eqF// p1 subrr.
Qed.

Theorem geometric_mean_identity : says_geometric_mean_identity R.
Proof.
move=> m p q _ _ _ q0; congr (- _); rewrite ln_prod => [|k _]; last by rewrite exp_fun_gt0.
by apply: eq_bigr => k _; rewrite /exp_fun expK.
Qed.
Theorem geometric_mean_bound : says_geometric_mean_bound R.
Proof. by move=> m p q *; exact: jensen. Qed.
Theorem virtual_evidence_bound : says_virtual_evidence_bound R.
Proof. by move=> m p q *; rewrite ler_opp2; exact: jensen. Qed.

Theorem virtual_evidence_posterior : says_virtual_evidence_posterior R.
Proof.
move=> m a b j m0 a0 b0; rewrite -mulr_suml; set S := \sum_l _ * _.
have S0 : S != 0 by rewrite gt_eqF// sum_gt0// => k; rewrite mulr_gt0.
have T0 : \sum_k a k != 0 by rewrite gt_eqF// sum_gt0.
by rewrite invf_div mulrA mulrAC mulfK.
Qed.

Theorem em_step_bound : says_em_step_bound R.
Proof.
move=> m r a q rho m0 r0 r1 a0 q0 rho0.
have aq0 k : 0 < a k * q k by rewrite mulr_gt0.
have S0 : 0 < \sum_k a k * q k by apply: sum_gt0.
apply: le_trans (_ : ln (\sum_k a k * q k) <= _); last first.
  by rewrite ler_ln ?posrE ?ler_addr ?ltr_paddl.
have := jensen m0 r0 r1 (fun k => divr_gt0 (aq0 k) (r0 k)).
under [X in ln X]eq_bigr => k _ do rewrite mulrC divfK ?gt_eqF//.
apply: le_trans; rewrite le_eqVlt; apply/orP; left; apply/eqP.
rewrite -big_split/= -sumrB; apply: eq_bigr => k _.
by rewrite ln_div ?posrE// lnM ?posrE// mulrBr mulrDr.
Qed.

Theorem proportions_maximise_bound : says_proportions_maximise_bound R.
Proof.
move=> m c q n s _ c0 n0 cn s0 s1 q0 qs.
have d0 k : 0 < q k * n by rewrite mulr_gt0.
have := log_ratio c0 d0; rewrite -mulr_suml qs cn.
have -> : \sum_k c k * ln (q k * n) - \sum_k c k * ln (c k) = \sum_k c k * ln (q k) - \sum_k c k * ln (c k / n).
  rewrite -!sumrB; apply: eq_bigr => k _; rewrite lnM ?posrE// ln_div ?posrE//; ring.
move=> H; rewrite -subr_le0; apply: le_trans H _; by rewrite subr_le0 ger_pmull.
Qed.

Theorem exact_recovery_least : says_exact_recovery_least R.
Proof.
move=> K N p q _ _ p0 p1 q0 q1; rewrite ler_opp2; apply: ler_sum => i _.
by rewrite -subr_le0; have := log_ratio (p0 i) (q0 i); rewrite p1 q1 subrr.
Qed.

Theorem misspecified_projected : says_misspecified_projected R.
Proof.
move=> K N w p q _ _ w0 _ p0 _ q0 _; rewrite -big_split; apply: eq_bigr => i _ /=.
rewrite -!mulrN -mulrDr; congr (_ * _); rewrite -!sumrN -big_split; apply: eq_bigr => k _ /=.
by rewrite ln_div ?posrE//; ring.
Qed.

Theorem clipping_below : says_clipping_below R.
Proof.
move=> K p q u _ p0 _ q0 _ u0; rewrite ler_opp2; apply: ler_sum => k _.
by rewrite ler_wpmul2l// ler_ln ?posrE ?ler_addl// ltr_paddr.
Qed.
Theorem merging_lower : says_merging_lower R.
Proof.
move=> K p q o K0 p0 p1 q0 q1 o0; under eq_bigr do rewrite addrC.
exact: (clipping_below (ltnW K0)).
Qed.
Theorem clipping_cap : says_clipping_cap R.
Proof.
move=> K p v e _ p0 p1 e0 _ v0; rewrite ler_opp2 -[ln e]mul1r -p1 mulr_suml; apply: ler_sum => k _.
by rewrite ler_wpmul2l// ler_ln ?posrE ?ler_addl// ltr_paddr.
Qed.

Theorem convexity_affine : says_convexity_affine R.
Proof.
move=> K p r q e *; rewrite -opprD !mulr_sumr -big_split/=; congr (- _); apply: eq_bigr => k _; ring.
Qed.

Theorem backward_correction_unbiased : says_backward_correction_unbiased R.
Proof.
move=> K l T z c _ _ T1 <-; under eq_bigr do rewrite mulrBl.
by rewrite sumrB -mulr_sumr T1 mulr1.
Qed.

Theorem smoothing_as_noise_noise : says_smoothing_as_noise_noise R.
Proof.
move=> K y q e *; under [in RHS]eq_bigr do rewrite mulrDl.
rewrite big_split/= opprD addrC; congr (_ + _).
  congr (- _); rewrite -[in LHS](sum_delta y (fun k => ln (q k))) mulr_sumr; apply: eq_bigr => k _; ring.
by rewrite sumrN mulrN mulr_sumr; congr (- _); apply: eq_bigr => k _; ring.
Qed.

(** squares *)
Lemma cauchy (K : finType) (a b : K -> R) : (\sum_k a k * b k) ^+ 2 <= (\sum_k a k ^+ 2) * (\sum_k b k ^+ 2).
Proof.
rewrite -subr_ge0; suff -> : (\sum_k a k ^+ 2) * (\sum_k b k ^+ 2) - (\sum_k a k * b k) ^+ 2
    = (\sum_k \sum_l (a k * b l - a l * b k) ^+ 2) / 2%:R.
  by rewrite divr_ge0 ?ler0n// sumr_ge0// => k _; rewrite sumr_ge0// => l _; rewrite sqr_ge0.
have E (f g : K -> R) : (\sum_k f k) * (\sum_l g l) = \sum_k \sum_l f k * g l.
  by rewrite mulr_suml; apply: eq_bigr => k _; rewrite mulr_sumr.
apply: (mulIf (_ : 2%:R != 0 :> R)); rewrite ?pnatr_eq0// divfK ?pnatr_eq0//.
have -> : ((\sum_k a k ^+ 2) * (\sum_k b k ^+ 2) - (\sum_k a k * b k) ^+ 2) * 2%:R
  = (\sum_k a k ^+ 2) * (\sum_k b k ^+ 2) - 2%:R * ((\sum_k a k * b k) * (\sum_k a k * b k)) + (\sum_k b k ^+ 2) * (\sum_k a k ^+ 2) by ring.
rewrite !E mulr_sumr -sumrB -big_split/=; apply: eq_bigr => k _.
rewrite mulr_sumr -sumrB -big_split/=; apply: eq_bigr => l _; ring.
Qed.

Theorem imperfect_teacher_bound : says_imperfect_teacher_bound R.
Proof.
move=> K p r q *; rewrite addrC -sumrB -sqrrN -sumrN.
apply: le_trans (cauchy _ _); rewrite le_eqVlt; apply/orP; left; apply/eqP; congr (_ ^+ 2).
by apply: eq_bigr => k _; ring.
Qed.

Theorem exponential_family_pairs : says_exponential_family_pairs R.
Proof.
move=> K q v _ q0 q1; apply: (mulIf (_ : 2%:R != 0 :> R)); rewrite ?pnatr_eq0// divfK ?pnatr_eq0//.
have E (f g : K -> R) : (\sum_k f k) * (\sum_l g l) = \sum_k \sum_l f k * g l.
  by rewrite mulr_suml; apply: eq_bigr => k _; rewrite mulr_sumr.
have -> : (- (\sum_k v k * q k) ^+ 2 + \sum_k v k ^+ 2 * q k) * 2%:R
  = (\sum_k v k ^+ 2 * q k) * (\sum_k q k) - 2%:R * ((\sum_k v k * q k) * (\sum_k v k * q k)) + (\sum_k q k) * (\sum_k v k ^+ 2 * q k).
  by rewrite q1; ring.
rewrite !E mulr_sumr -sumrB -big_split/=; apply: eq_bigr => k _.
rewrite mulr_sumr -sumrB -big_split/=; apply: eq_bigr => l _; ring.
Qed.

Lemma own_variance (K : finType) (p v : K -> R) : (forall k, 0 <= p k) -> \sum_k p k = 1 ->
  0 <= - (\sum_k v k * p k) ^+ 2 + \sum_k v k ^+ 2 * p k.
Proof.
move=> p0 p1; rewrite addrC subr_ge0.
have := qform_ge0 v (conj p0 p1); rewrite /qform /dot subr_ge0.
by under eq_bigr do rewrite mulrC; under [X in _ <= X]eq_bigr do rewrite mulrC.
Qed.

Theorem exponential_family_sign : says_exponential_family_sign R.
Proof. by move=> K q v _ q0 q1; apply: own_variance => // k; rewrite ltW. Qed.

Theorem hard_labels_are_noisiest_gap : says_hard_labels_are_noisiest_gap R.
Proof.
move=> K N w p v *; under [in RHS]eq_bigr do rewrite mulrDl mulNr.
rewrite big_split/= sumrN addrC; congr (_ + _).
under eq_bigr do rewrite mulr_sumr; rewrite exchange_big/=; apply: eq_bigr => i _.
by rewrite mulr_suml; apply: eq_bigr => k _; rewrite mulrA.
Qed.

Theorem hard_labels_are_noisiest_order : says_hard_labels_are_noisiest_order R.
Proof.
move=> K N w p v K2 N2 w0 w1 p0 p1; rewrite ler_add2l -subr_ge0.
rewrite (hard_labels_are_noisiest_gap v K2 N2 w0 w1 p0 p1); apply: sumr_ge0 => i _.
by rewrite mulr_ge0 ?own_variance// ltW.
Qed.

Lemma share_le1 (K : finType) (p : K -> R) k : (forall k, 0 <= p k) -> \sum_k p k = 1 -> p k <= 1.
Proof. by move=> p0 <-; rewrite (bigD1 k)//= ler_addl sumr_ge0. Qed.

Lemma squares_le1 (K : finType) (p : K -> R) : (forall k, 0 <= p k) -> \sum_k p k = 1 ->
  0 <= 1 - \sum_k p k ^+ 2.
Proof.
move=> p0 p1; rewrite subr_ge0 -[X in _ <= X]p1; apply: ler_sum => k _.
by rewrite expr2 ler_pimulr ?share_le1.
Qed.

Theorem sampled_gradient_zero : says_sampled_gradient_zero R.
Proof. by move=> K p _; exact: squares_le1. Qed.
Theorem hard_labels_are_noisiest_trace : says_hard_labels_are_noisiest_trace R.
Proof.
move=> K N w p _ _ w0 _ p0 p1; apply: sumr_ge0 => i _.
by rewrite mulr_ge0 ?squares_le1// ltW.
Qed.

Theorem bartlett_score : says_bartlett_score R.
Proof.
move=> K N w p v _ _ _ w1 _ _.
set M := \sum_k v k * _; pose a i := \sum_k v k * p i k.
have aM : \sum_i a i * w i = M.
  rewrite /M; under [RHS]eq_bigr do rewrite mulr_sumr; rewrite exchange_big/=; apply: eq_bigr => i _.
  by rewrite mulr_suml; apply: eq_bigr => k _; rewrite mulrA.
transitivity (\sum_i (M ^+ 2 * w i - (2%:R * M) * (a i * w i) + a i ^+ 2 * w i)).
  apply: eq_bigr => i _; have -> : \sum_k (- p i k + \sum_j p j k * w j) * v k = M - a i.
    by rewrite /M /a -sumrB; apply: eq_bigr => k _; ring.
  ring.
by rewrite big_split/= sumrB -!mulr_sumr w1 aM; congr (_ + _); ring.
Qed.

Theorem bartlett_gap : says_bartlett_gap R.
Proof.
move=> K N w p v om K2 N2 w0 w1 p0 p1 om0.
rewrite -(hard_labels_are_noisiest_gap v K2 N2 w0 w1 p0 p1); ring.
Qed.

Theorem proper_scores_identity : says_proper_scores_identity R.
Proof.
move=> K p q _ p0 p1 q0 q1; set S := \sum_k q k ^+ 2.
transitivity (\sum_l (p l - 2%:R * (p l * q l) + S * p l)); first by apply: eq_bigr => l _; ring.
rewrite big_split/= sumrB -!mulr_sumr p1 mulr1.
have -> : \sum_k (p k - q k) ^+ 2 = \sum_k p k ^+ 2 - 2%:R * (\sum_k p k * q k) + S.
  by rewrite mulr_sumr -sumrB -big_split/=; apply: eq_bigr => k _; ring.
rewrite /=; ring.
Qed.
Theorem proper_scores_brier : says_proper_scores_brier R.
Proof.
move=> K p q K2 p0 p1 q0 q1; rewrite proper_scores_identity// -addrA [- _ + 1]addrC ler_addr.
by apply: sumr_ge0 => k _; rewrite sqr_ge0.
Qed.

Theorem sampled_gradient_mean : says_sampled_gradient_mean R.
Proof.
move=> K j p q _ _ p1 _ _; under eq_bigr do rewrite mulrDl mulNr.
rewrite big_split/= -mulr_sumr p1 mulr1 sumrN; congr (- _ + _).
by under eq_bigr do rewrite mulrC; rewrite sum_delta'.
Qed.
Theorem sampled_gradient_trace : says_sampled_gradient_trace R.
Proof.
move=> K p q _ _ p1 _ _; set S := \sum_k q k ^+ 2.
have -> : \sum_k (- p k + q k) ^+ 2 = \sum_k p k ^+ 2 - 2%:R * (\sum_k p k * q k) + S.
  by rewrite mulr_sumr -sumrB -big_split/=; apply: eq_bigr => k _; ring.
have -> : \sum_l p l * (\sum_k (- (k == l)%:R + q k) ^+ 2) = \sum_l (S * p l - 2%:R * (p l * q l) + p l).
  apply: eq_bigr => l _; have -> : \sum_k (- (k == l)%:R + q k) ^+ 2 = S - 2%:R * q l + 1.
    transitivity (S - 2%:R * (\sum_k q k * (k == l)%:R) + \sum_k 1 * (k == l)%:R); last first.
      by rewrite sum_delta (sum_delta l (fun=> 1)).
    rewrite mulr_sumr -sumrB -big_split/=; apply: eq_bigr => k _.
    by case: (k == l); rewrite ?mulr0n ?mulr1n; ring.
  ring.
rewrite big_split/= sumrB -!mulr_sumr p1 /=; ring.
Qed.

Theorem rao_blackwell_mean : says_rao_blackwell_mean R.
Proof.
move=> K N w p a *; rewrite exchange_big/=; apply: eq_bigr => i _; rewrite mulr_sumr.
by apply: eq_bigr => k _; ring.
Qed.
Theorem rao_blackwell_variance : says_rao_blackwell_variance R.
Proof.
move=> K N w p a *; set M := _ ^+ 2.
rewrite addrAC -big_split/= addrC; congr (_ - _); apply: eq_bigr => i _; ring.
Qed.
End Tied.
